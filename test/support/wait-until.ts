import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves with the first value of `condition` that is not false, null or undefined.
 * A throwing condition does not hold yet. Rejects after `timeout` ms (10 s), naming `what` and the last error.
 */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  { timeout = 10_000, every = 15, what = 'the condition' } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + timeout;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${timeout} ms in vain for ${what}.`, { cause: last });
    }
    await pause(every);
  }
}
