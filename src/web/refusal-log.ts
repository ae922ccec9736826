import type { Clock } from '../engine/ports.ts';

export interface RefusalLogDeps {
  readonly clock: Clock;
  readonly warn: (sentence: string) => void;
}

const everyMs = 10_000;
/** A flood from many addresses is one line, too. */
const namedPeers = 5;
const countedPeers = 1_000;

/** Counts the requests that are refused at a door: the first is logged at once, the others ten seconds at a time. */
export class RefusalLog {
  readonly #deps: RefusalLogDeps;
  readonly #peers = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  readonly #ending = new AbortController();
  #total = 0;
  #runs = false;

  constructor(deps: RefusalLogDeps) {
    this.#deps = deps;
  }

  /** `why`: one of a handful of phrases of ours, nothing of what came. */
  count(peer: string, why: string): void {
    this.#total += 1;
    add(this.#reasons, why);
    if (this.#peers.has(peer) || this.#peers.size < countedPeers) add(this.#peers, peer);
    if (!this.#runs) void this.#run();
  }

  /** Logs what was counted since the last line, and waits no longer. */
  stop(): void {
    this.#ending.abort(new Error('stopping'));
  }

  async #run(): Promise<void> {
    this.#runs = true;
    while (this.#total > 0) {
      this.#log();
      await this.#deps.clock.sleep(everyMs, this.#ending.signal).catch(() => undefined);
    }
    this.#runs = false;
  }

  #log(): void {
    const requests = `${this.#total} ${this.#total === 1 ? 'request' : 'requests'}`;
    this.#deps.warn(
      `Refused ${requests}: ${listed(this.#reasons)}; from ${listed(this.#peers, namedPeers)}.`,
    );
    this.#total = 0;
    this.#reasons.clear();
    this.#peers.clear();
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listed(counts: ReadonlyMap<string, number>, most = counts.size): string {
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const named = sorted.slice(0, most).map(([name, count]) => `${name} (${count})`);
  const others = sorted.length - named.length;
  return [...named, ...(others > 0 ? [`${others} others`] : [])].join(', ');
}
