import { counted, isOrAre } from '../release/counted.ts';
import type { Clock } from './ports.ts';

/** The first note comes after so long, milliseconds; the gaps grow, so that an hour's output is told in a few dozen. */
const firstGapMs = 2_000;
const longestGapMs = 60_000;
const growth = 1.25;
/** So much of the output between two notes is told, characters. */
const longestNote = 1_500;

/** Gathers what a hook says and tells it in pieces, at most one every two seconds. */
export class HookNotes {
  readonly #clock: Clock;
  readonly #tell: (text: string) => void;
  readonly #stop = new AbortController();
  readonly #telling: Promise<void>;
  #lines: string[] = [];
  #size = 0;
  #left = 0;

  constructor(clock: Clock, tell: (text: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#telling = this.#run();
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
    while (this.#size > longestNote && this.#lines.length > 1) {
      // The newest lines say more than those before them.
      this.#size -= (this.#lines.shift()?.length ?? 0) + 1;
      this.#left += 1;
    }
  }

  /** Tells what is left. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#telling;
    this.#flush();
  }

  async #run(): Promise<void> {
    let gapMs = firstGapMs;
    while (!this.#stop.signal.aborted) {
      await this.#clock.sleep(gapMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      if (this.#flush()) gapMs = Math.min(gapMs * growth, longestGapMs);
    }
  }

  #flush(): boolean {
    if (this.#lines.length === 0) return false;
    const left =
      this.#left === 0
        ? []
        : [`(${counted(this.#left, 'line')} ${isOrAre(this.#left)} left out here)`];
    this.#tell([...left, ...this.#lines].join('\n'));
    this.#lines = [];
    this.#size = 0;
    this.#left = 0;
    return true;
  }
}
