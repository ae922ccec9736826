import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from './ports.ts';

/** The machine's clocks. On Linux the monotonic one is the kernel's, so it holds across processes of one boot. */
export function systemClock(): Clock {
  const boot = bootId();
  return {
    now: () => ({
      at: new Date().toISOString(),
      boot,
      mono: Number(process.hrtime.bigint() / 1000n) / 1000,
    }),
    sleep: async (ms, signal) => {
      // A timer holds at most 2^31-1 ms; who waits longer looks again in between.
      const bounded = Math.min(Math.max(0, ms), 2_147_483_647);
      await sleep(bounded, undefined, signal === undefined ? {} : { signal });
    },
  };
}

/** Where the kernel does not say, every process counts as a boot of its own: then the wall clock decides. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return `process-${process.pid}-${Date.now()}`;
  }
}
