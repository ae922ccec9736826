import type { EventEmitter } from 'node:events';

export interface UncaughtDeps {
  readonly log: (error: unknown, sentence: string) => void;
  /** Ends the program as a signal would: what is being written is finished, what waits is parked. */
  readonly end: () => void;
}

/**
 * What becomes of an error that nobody caught: neither ends the process in the middle of a switch
 * (docs/decisions/0015-errors-that-nobody-caught.md). Returns how many there were.
 */
export function watchUncaught(events: EventEmitter, { log, end }: UncaughtDeps): () => number {
  let count = 0;
  events.on('unhandledRejection', (reason: unknown) => {
    count += 1;
    log(reason, 'A promise failed and nobody waited for it; the bot goes on.');
  });
  events.on('uncaughtException', (error: unknown) => {
    count += 1;
    log(error, 'An error was thrown where nobody catches it; the bot stops as on a signal.');
    end();
  });
  return () => count;
}
