import type { Clock } from '../../src/engine/ports.ts';
import type { Instant } from '../../src/release/journal-entry.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that moves only when the test moves it. */
export class TestClock implements Clock {
  #wall: number;
  #mono = 1_000;
  #boot = 'boot-1';
  #sleepers: Sleeper[] = [];

  constructor(at = '2026-11-20T10:00:00.000Z') {
    this.#wall = Date.parse(at);
  }

  now(): Instant {
    return { at: new Date(this.#wall).toISOString(), boot: this.#boot, mono: this.#mono };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const sleeper = { until: this.#mono + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** How many wait. */
  get sleepers(): number {
    return this.#sleepers.length;
  }

  /** Time passes, on both clocks; who has slept long enough wakes up. */
  advance(ms: number): void {
    this.#mono += ms;
    this.#wall += ms;
    const due = this.#sleepers.filter(({ until }) => until <= this.#mono);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#mono);
    for (const { wake } of due) wake();
  }

  /** Somebody sets the wall clock; no time passes. */
  setWall(at: string): void {
    this.#wall = Date.parse(at);
  }

  /** The machine starts anew: the monotonic clock begins again. */
  reboot(boot: string): void {
    this.#boot = boot;
    this.#mono = 0;
  }
}
