import { writeFileSync } from 'node:fs';
import type { Config } from '../../../src/config/config.ts';
import type { SideTarget } from '../../../src/release/target.ts';
import { Bench, checkoutFor } from '../../engine/bench.ts';
import { ask } from '../../support/ask.ts';
import { comeToRest } from './at-rest.ts';
import { done } from './done.ts';
import { hooksNotingIn } from './kill-hooks.ts';
import type { Knock, Path } from './path.ts';

/** One play: whose journal, on which nodes, and what a foreign hand does. Goes to another process as JSON. */
export interface Order {
  readonly folder: string;
  readonly target: SideTarget;
  /** `recover`: takes up what is open and waits until nothing is under way. */
  readonly path: Path | 'recover';
  /** The service has hooks, and they note in this file that they ran. */
  readonly hooks?: string;
  /** Puts the second node back to blue, past the witness. */
  readonly knock?: readonly Knock[];
}

/** The configuration every path runs with. */
export function configFor(target: SideTarget, hooks?: string): Config {
  return checkoutFor(target, {
    drain: { timeoutMs: 500, then: 'wait' },
    ...(hooks === undefined ? {} : { hooks: hooksNotingIn(hooks) }),
  });
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
      await done(bench, 'U0RITA', release);
      await done(bench, 'U0ANN', { kind: 'cancel', ...first });
      await bench.until('checkout-1', 'rejected');
      return;
    case 'abort':
      await toAcceptance(bench);
      await done(bench, 'U0RITA', { kind: 'abort', ...first });
      await bench.until('checkout-1', 'aborted');
      return;
    case 'rollback':
      await toAcceptance(bench);
      await accepted(bench);
      await done(bench, 'U0RITA', { kind: 'rollback', service: 'checkout' });
      await bench.until('checkout-2', 'completed');
      return;
    case 'adopt':
      await done(bench, 'U0OLAF', {
        kind: 'adopt',
        service: 'checkout',
        side: 'green',
        because: 'told so',
      });
      await bench.until('checkout-1', 'completed');
      return;
    case 'settle':
      await toAttention(bench, order);
      await done(bench, 'U0OLAF', {
        kind: 'settle',
        release: 'checkout-1',
        side: 'green',
        because: 'it is fine',
      });
      await bench.until('checkout-1', 'completed');
      return;
    case 'reapply':
      await toAttention(bench, order);
      await done(bench, 'U0RITA', { kind: 'reapply', ...first });
      await bench.until('checkout-1', 'awaiting_acceptance');
      await accepted(bench);
      return;
    case 'recover':
      await comeToRest(bench);
  }
}

async function toAcceptance(bench: Bench): Promise<void> {
  await done(bench, 'U0RITA', release);
  await done(bench, 'U0ANN', { kind: 'approve', ...first });
  await bench.until('checkout-1', 'awaiting_acceptance');
}

async function accepted(bench: Bench): Promise<void> {
  await done(bench, 'U0RITA', { kind: 'accept', ...first });
  await bench.until('checkout-1', 'completed');
}

/** Another hand puts one node back to blue while acceptance is awaited. */
async function toAttention(bench: Bench, { knock }: Order): Promise<void> {
  await toAcceptance(bench);
  if (knock === undefined) throw new Error('Here no foreign hand can put a node back.');
  for (const one of knock) {
    if ('path' in one) writeFileSync(one.path, one.text, 'latin1');
    else await ask(one.address, one.line, { halfClose: true });
  }
  await bench.until('checkout-1', 'needs_attention');
}

/** Opens the bench of a folder: its journal, and whatever is open in it. */
export function openBench(
  { folder, target, hooks }: Pick<Order, 'folder' | 'target' | 'hooks'>,
  failpoint?: (name: string) => void,
): Bench {
  return new Bench(configFor(target, hooks), {
    folder,
    deadlineMs: 3_000,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
}
