import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import { nodeName } from '../../../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

test('what is persisted is what the next worker starts with', async () => {
  fleet = await aFleet().withMap('# sides\nactive backend_blue\nother x\n').start();
  const node = fleet.node(0);
  const route = make(fleet.target());

  await route.persist(lb1, 'green', openGate);
  expect(node.disk()).toBe('# sides\nactive backend_green\nother x\n');
  expect(await node.memory()).toBe('backend_blue');
  await node.reload();

  expect(await node.memory()).toBe('backend_green');
});

test('persisting tells why it could not', async () => {
  fleet = await aFleet().withMap('active backend_blue\nactive backend_blue\n').start();

  await expect(make(fleet.target()).persist(lb1, 'green', openGate)).rejects.toThrow(
    /names the key active 2 times/,
  );
});
