import type { Command } from '../commands/command.ts';
import type { Clock } from '../engine/ports.ts';

const reads: ReadonlySet<Command['kind']> = new Set(['status', 'history', 'at', 'plan', 'help']);
const keptMs = 10 * 60_000;

/**
 * Keeps copies of one question from being answered twice. Only for questions: what has an effect is told from its
 * copies by the journal, which survives a restart.
 */
export class ReadOnce {
  readonly #clock: Clock;
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  isNew({ kind }: Command, request: string | undefined): boolean {
    if (!reads.has(kind) || request === undefined) return true;
    const now = this.#clock.now().mono;
    this.#forget(now);
    if (this.#seen.has(request)) return false;
    this.#seen.set(request, now);
    return true;
  }

  #forget(now: number): void {
    for (const [request, at] of this.#seen) {
      if (now - at < keptMs) return;
      this.#seen.delete(request);
    }
  }
}
