import type { Config } from '../../src/config/config.ts';
import type { NodeTarget } from '../../src/release/target.ts';
import { Bench, checkoutOn } from '../engine/bench.ts';

/** A way a release can go, played by itself up to its end. Each one is recorded once and killed at every hit. */
export type Path = 'release' | 'rejection' | 'abort' | 'rollback' | 'adopt';
export const paths: readonly Path[] = ['release', 'rejection', 'abort', 'rollback', 'adopt'];

/** The configuration every path runs with. */
export function configFor(targets: readonly NodeTarget[]): Config {
  return checkoutOn(
    { nodes: targets.map((target) => ({ target })) },
    { drain: { timeoutMs: 500, then: 'wait' } },
  );
}

const release = { kind: 'release', service: 'checkout' } as const;

/** Plays one path on an opened bench. */
export async function play(bench: Bench, path: Path): Promise<void> {
  switch (path) {
    case 'release':
      await toAcceptance(bench);
      await accepted(bench);
      return;
    case 'rejection':
      await bench.ask('U0RITA', release);
      await bench.ask('U0ANN', { kind: 'cancel', of: 'checkout-1' });
      await bench.until('checkout-1', 'rejected');
      return;
    case 'abort':
      await toAcceptance(bench);
      await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
      await bench.until('checkout-1', 'aborted');
      return;
    case 'rollback':
      await toAcceptance(bench);
      await accepted(bench);
      await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
      await bench.until('checkout-2', 'completed');
      return;
    case 'adopt':
      await bench.ask('U0OLAF', {
        kind: 'adopt',
        service: 'checkout',
        side: 'green',
        because: 'told so',
      });
      await bench.until('checkout-1', 'completed');
  }
}

async function toAcceptance(bench: Bench): Promise<void> {
  await bench.ask('U0RITA', release);
  await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

async function accepted(bench: Bench): Promise<void> {
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
}

/** Opens the bench of a folder: its journal, and whatever is open in it. */
export function openBench(
  folder: string,
  targets: readonly NodeTarget[],
  failpoint?: (name: string) => void,
): Bench {
  return new Bench(configFor(targets), {
    folder,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
}
