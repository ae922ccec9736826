import { readdirSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { configRouteOn, edit, lb1, reached, started } from './config-bed.ts';

let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

async function moveToGreen() {
  const route = configRouteOn(fleet);
  const { worker } = await reached(route);
  return (await route.arm(lb1, 'green', worker)).fire(openGate);
}

test('what a crash left of an earlier switch is removed by the next one', async () => {
  fleet = await started();
  writeFileSync(`${fleet.node(0).folder}/.haproxy.cfg.pointsman-dead`, 'half');

  await moveToGreen();

  const files = readdirSync(fleet.node(0).folder);
  expect(files.filter((name) => name.includes('haproxy.cfg'))).toEqual(['haproxy.cfg']);
});

test('where the file names the side already and only the worker is behind, it is reloaded', async () => {
  fleet = await started();
  const node = fleet.node(0);
  edit(node, 'default_backend backend_blue', 'default_backend backend_green');
  const route = configRouteOn(fleet);

  const before = await reached(route);
  const result = await moveToGreen();

  expect(before.memory.kind).toBe('between');
  expect(result.kind).toBe('accepted');
  expect((await reached(route)).memory).toEqual({ kind: 'side', side: 'green' });
});

test('the write behind an unknown one does the same from the worker that is there', async () => {
  fleet = await started();
  const route = configRouteOn(fleet);
  await fleet.node(0).reload();

  const result = await route.writeFenced(lb1, 'green', openGate);

  expect(result.kind).toBe('accepted');
  expect(await route.barrier(lb1)).toBe(true);
  expect((await fleet.node(0).get()).body).toMatch(/^version=green/);
});
