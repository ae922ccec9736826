import type { Config } from '../../../src/config/config.ts';
import type { MapNodeTarget } from '../../../src/haproxy/routes/map/map-target.ts';
import { Bench, checkoutOn } from '../../engine/bench.ts';
import { ask } from '../../support/ask.ts';
import { comeToRest } from './at-rest.ts';

/** A way a release can go, played by itself up to its end. Each one is recorded once and killed at every hit. */
export const paths = [
  'release',
  'rejection',
  'abort',
  'rollback',
  'adopt',
  'settle',
  'reapply',
] as const;
export type Path = (typeof paths)[number];

/** One play: whose journal, on which nodes, and the Runtime API that a foreign hand uses. */
export interface Order {
  readonly folder: string;
  readonly targets: readonly MapNodeTarget[];
  /** `recover`: takes up what is open and waits until nothing is under way. */
  readonly path: Path | 'recover';
  /** Runtime API address of the second node, past the witness. */
  readonly behind: string;
}

/** The configuration every path runs with. */
export function configFor(targets: readonly MapNodeTarget[]): Config {
  return checkoutOn(
    { nodes: targets.map((target) => ({ target })) },
    { drain: { timeoutMs: 500, then: 'wait' } },
  );
}

const release = { kind: 'release', service: 'checkout' } as const;
const first = { of: 'checkout-1' } as const;

/** Plays an order on an opened bench. */
export async function play(bench: Bench, order: Order): Promise<void> {
  switch (order.path) {
    case 'release':
      await toAcceptance(bench);
      await accepted(bench);
      return;
    case 'rejection':
      await bench.ask('U0RITA', release);
      await bench.ask('U0ANN', { kind: 'cancel', ...first });
      await bench.until('checkout-1', 'rejected');
      return;
    case 'abort':
      await toAcceptance(bench);
      await bench.ask('U0RITA', { kind: 'abort', ...first });
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
      return;
    case 'settle':
      await toAttention(bench, order);
      await bench.ask('U0OLAF', {
        kind: 'settle',
        release: 'checkout-1',
        side: 'green',
        because: 'it is fine',
      });
      await bench.until('checkout-1', 'completed');
      return;
    case 'reapply':
      await toAttention(bench, order);
      await bench.ask('U0RITA', { kind: 'reapply', ...first });
      await bench.until('checkout-1', 'awaiting_acceptance');
      await accepted(bench);
      return;
    case 'recover':
      await comeToRest(bench);
  }
}

async function toAcceptance(bench: Bench): Promise<void> {
  await bench.ask('U0RITA', release);
  await bench.ask('U0ANN', { kind: 'approve', ...first });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

async function accepted(bench: Bench): Promise<void> {
  await bench.ask('U0RITA', { kind: 'accept', ...first });
  await bench.until('checkout-1', 'completed');
}

/** Another hand puts one node back to blue while acceptance is awaited. */
async function toAttention(bench: Bench, { targets, behind }: Order): Promise<void> {
  await toAcceptance(bench);
  await ask(behind, `set map ${targets[1]?.mapId} active backend_blue`);
  await bench.until('checkout-1', 'needs_attention');
}

/** Opens the bench of a folder: its journal, and whatever is open in it. */
export function openBench(
  { folder, targets }: Pick<Order, 'folder' | 'targets'>,
  failpoint?: (name: string) => void,
): Bench {
  return new Bench(configFor(targets), {
    folder,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
}
