import { expect, test } from 'vitest';
import { aFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

test('a fleet of a dozen nodes is watched, released and drained without a warning of Node', async () => {
  const warnings: string[] = [];
  const note = ({ message }: Error) => warnings.push(message);
  process.on('warning', note);
  const fleet = await aFleet().withNodes(12).start();
  const bench = new Bench(
    checkoutOn(fleet, {
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      accept: 'auto',
    }),
  );

  await bench.watch.round();
  await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
  await bench.until('checkout-1', 'completed');
  await bench.end();
  await fleet.end();
  process.off('warning', note);

  expect(warnings).toEqual([]);
});
