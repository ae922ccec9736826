import type { Config } from '../../../src/config/config.ts';
import type { ServersTarget } from '../../../src/release/target.ts';
import { serverName } from '../../../src/release/vocabulary.ts';
import { Bench, checkoutFor } from '../../engine/bench.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { done } from '../kills/done.ts';

/** Ways a release of single servers can go, each played by itself up to its end and killed at every hit. */
export const serverPaths = ['rolling', 'state', 'stopped', 'back'] as const;
export type ServerPath = (typeof serverPaths)[number];

/** One play, as JSON for another process. `recover`: takes up what is open and waits until nothing is under way. */
export interface ServerOrder {
  readonly folder: string;
  readonly target: ServersTarget;
  readonly path: ServerPath | 'recover';
}

/** A hook that may be run again; on the path `stopped` and `back` it fails for b2 until the folder has the file `mended`. */
export function serverRules({ folder, target }: Pick<ServerOrder, 'folder' | 'target'>): Config {
  const script = `[ "$1" = b1 ] || [ ! -e ${folder}/sick ] || [ -e ${folder}/mended ]`;
  return checkoutFor(target, {
    approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 },
    drain: { timeoutMs: 5_000, then: 'wait' },
    hooks: {
      deploy: {
        kind: 'run',
        argv: ['/bin/sh', '-c', script, 'sh', '{server}'],
        environment: [],
        timeoutMs: 10_000,
        idempotent: true,
        pointOfNoReturn: false,
      },
    },
  });
}

/** Opens the bench of a folder: its journal, and whatever is open in it. */
export function openShop(order: ServerOrder, failpoint?: (name: string) => void): Bench {
  return new Bench(serverRules(order), {
    folder: order.folder,
    deadlineMs: 3_000,
    ...(failpoint === undefined ? {} : { failpoint }),
  });
}

const first = { of: 'checkout-1' } as const;

/** Plays an order on an opened bench. */
export async function playServers(
  bench: Bench,
  order: ServerOrder,
  touch: (file: string) => void,
): Promise<void> {
  switch (order.path) {
    case 'rolling':
      await asked(bench);
      await bench.until('checkout-1', 'completed');
      return;
    case 'state':
      for (const [i, state] of (['drain', 'maint', 'ready'] as const).entries()) {
        await done(bench, 'U0OLAF', { kind: state, service: 'checkout', server: serverName('b1') });
        await bench.until(`checkout-${i + 1}`, 'completed');
      }
      return;
    case 'stopped':
      touch('sick');
      await asked(bench);
      await bench.until('checkout-1', 'needs_attention');
      touch('mended');
      await done(bench, 'U0RITA', { kind: 'reapply', ...first });
      await bench.until('checkout-1', 'completed');
      return;
    case 'back':
      touch('sick');
      await asked(bench);
      await bench.until('checkout-1', 'needs_attention');
      await done(bench, 'U0RITA', { kind: 'abort', ...first });
      await bench.until('checkout-1', 'aborted');
      return;
    case 'recover':
      await atRest(bench);
  }
}

async function asked(bench: Bench): Promise<void> {
  await done(bench, 'U0RITA', { kind: 'release', service: 'checkout' });
  await done(bench, 'U0ANN', { kind: 'approve', ...first });
}

/** Resolves when every open release waits for a person: nothing is under way. */
export async function atRest(bench: Bench): Promise<void> {
  const rests = () =>
    bench.store.openReleases().every(({ state, attention }) => {
      if (state === 'needs_attention') return attention?.reapplying !== true;
      return state === 'awaiting_approval';
    });
  await waitUntil(rests, { timeout: 30_000, what: 'recovery to come to rest' });
}
