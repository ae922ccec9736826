import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { MapNodeTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

afterEach(async () => {
  await bench.end();
  await fleet.end();
});

type Node = { readonly target: MapNodeTarget };

/**
 * One HAProxy under many names, with addresses so long that their plan just fits; all but the first by sockets that can be
 * taken away.
 */
function manyNames(count: number): readonly Node[] {
  const { target } = fleet.node(0);
  const socket = new URL(target.runtime).pathname;
  const named = (filler: string): readonly Node[] =>
    Array.from({ length: count }, (_, i) => ({
      target: {
        ...target,
        node: nodeName(`lb-${i + 1}`),
        frontend: `${target.frontend}/${filler}`,
        runtime: i < 1 ? target.runtime : `unix://${join(fleet.folder, `s${i}`)}`,
      },
    }));
  for (let i = 1; i < count; i += 1) symlinkSync(socket, join(fleet.folder, `s${i}`));
  const room = 60_000 - JSON.stringify(named('')).length;
  return named('x'.repeat(Math.floor(room / count)));
}

test('a large fleet, most of it silent, is taken back: the nodes that answer are on the old side', async () => {
  fleet = await aFleet().withNodes(1).start();
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  const nodes = manyNames(8);
  bench = new Bench(checkoutOn({ nodes }, { approval, smoke: [] }), { deadlineMs: 10_000 });
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  await bench.until('checkout-1', 'completed');
  for (let i = 1; i < nodes.length; i += 1) rmSync(join(fleet.folder, `s${i}`));

  const back = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  const { attention } = await bench.until('checkout-2', 'needs_attention');

  expect(back).toMatchObject({ kind: 'done', release: 'checkout-2' });
  expect(await fleet.node(0).memory()).toBe('backend_blue');
  expect(attention?.why).toContain('lb-8');
});
