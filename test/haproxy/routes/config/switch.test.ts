import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { backendName, type Side } from '../../../../src/release/vocabulary.ts';
import type { TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import {
  aConfigFleet,
  configOf,
  configRouteOn,
  edit,
  lb1,
  reached,
  settledFleet,
  started,
} from './config-bed.ts';

let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

/** What stands in the configuration's folder, beside sockets and maps. */
function filesBeside(): readonly string[] {
  const all = readdirSync(fleet.node(0).folder);
  return all.filter((name) => name.includes(basename(fleet.node(0).configFile)));
}

async function moveTo(to: Side, route = configRouteOn(fleet)) {
  const { worker } = await reached(route);
  const armed = await route.arm(lb1, to, worker);
  return armed.fire(openGate);
}

test('arm checks beside the file, fire edits one word, reloads, and names the new worker', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  const before = configOf(node);
  const { worker } = await reached(route);

  const armed = await route.arm(lb1, 'green', worker);
  expect(configOf(node)).toBe(before);
  expect(filesBeside()).toHaveLength(2);
  const result = await armed.fire(openGate);

  const after = await reached(route);
  expect(result).toEqual({
    kind: 'accepted',
    worker: after.worker,
    answeredAt: expect.any(Number),
  });
  expect(after.worker.pid).not.toBe(worker.pid);
  expect([after.memory, after.disk]).toEqual([
    { kind: 'side', side: 'green' },
    { kind: 'side', side: 'green' },
  ]);
  expect(configOf(node)).toBe(
    before.replace('default_backend backend_blue', 'default_backend backend_green'),
  );
  expect((await node.get()).body).toMatch(/^version=green/);
  expect(filesBeside()).toEqual(['haproxy.cfg']);
});

test('there and back again, byte for byte', async () => {
  fleet = await started();
  const before = configOf(fleet.node(0));

  const results = [await moveTo('green'), await moveTo('blue')];

  expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  expect(configOf(fleet.node(0))).toBe(before);
  expect((await fleet.node(0).get()).body).toMatch(/^version=blue/);
});

test('a use_backend line is moved by its condition', async () => {
  fleet = await started(
    aConfigFleet().withFrontend(
      'acl is_shop path_beg /release\n    use_backend backend_blue if is_shop\n    default_backend backend_blue',
    ),
  );
  const route = configRouteOn(fleet, { useBackend: 'if is_shop' });

  const result = await moveTo('green', route);

  expect(result.kind).toBe('accepted');
  expect((await fleet.node(0).get('/release')).body).toMatch(/^version=green/);
  expect((await fleet.node(0).get('/other')).body).toMatch(/^version=blue/);
});

test('a configuration that does not check is refused in HAProxy’s words before anything is touched', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const before = configOf(node);
  const sides = { blue: backendName('backend_blue'), green: backendName('backend_gren') };
  const route = configRouteOn(fleet, { sides });
  const { worker } = await reached(route);

  await expect(route.arm(lb1, 'green', worker)).rejects.toThrow(
    `The file ${node.configFile} of lb-1 was left as it is: with default_backend of www on backend_gren its check says: Proxy 'www': unable to find required default_backend: 'backend_gren'.`,
  );

  expect(configOf(node)).toBe(before);
  expect(filesBeside()).toEqual(['haproxy.cfg']);
  expect((await reached(route)).worker).toEqual(worker);
});

test('another error in the file is found by the check as well, with the file’s own name and line', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  const { worker } = await reached(route);
  edit(node, 'mode http', 'mode https');

  await expect(route.arm(lb1, 'green', worker)).rejects.toThrow(
    new RegExp(`its check says: .*\\[${node.configFile}:\\d+\\] : unknown proxy mode 'https'`),
  );
});

test('a reload that fails puts the old file back, and the worker from before stays', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const before = configOf(node);
  const sides = { blue: backendName('backend_blue'), green: backendName('backend_gren') };
  const nodes = configRouteNodes(['true']);
  const route = configRouteOn(fleet, { sides, nodes });
  const { worker } = await reached(route);

  const result = await moveTo('green', route);

  expect(result).toEqual({
    kind: 'refused',
    why: `the reload failed, worker ${worker.pid} stays: \`show proc\` says failed: 1; its log has the reason; ${node.configFile} is as it was before`,
  });
  expect(configOf(node)).toBe(before);
  expect(filesBeside()).toEqual(['haproxy.cfg']);
  expect(await node.workerPid()).toBe(worker.pid);
  expect((await node.get()).body).toMatch(/^version=blue/);
});

test('after a failed reload nobody can tell what the worker has, until it is written again', async () => {
  fleet = await settledFleet();
  const node = fleet.node(0);
  const sides = { blue: backendName('backend_blue'), green: backendName('backend_gren') };
  const route = configRouteOn(fleet, { sides, nodes: configRouteNodes(['true']) });
  const { worker } = await reached(route);
  await moveTo('green', route);

  const between = await reached(route);
  const result = await moveTo('blue', route);

  expect(between.memory).toEqual({
    kind: 'between',
    words: `worker ${worker.pid} started before the last change of ${node.configFile}`,
  });
  expect(between.ownGates).toEqual([
    {
      gate: 'master ready',
      holds: false,
      sentence:
        'its last reload did not load (`show proc` says failed: 1): mend the configuration and reload it by hand',
    },
  ]);
  expect(result.kind).toBe('accepted');
  const after = await reached(route);
  expect([after.memory, after.ownGates?.[0]?.holds]).toEqual([
    { kind: 'side', side: 'blue' },
    true,
  ]);
});

test('a file that somebody changed since it was checked is not overwritten', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  const { worker } = await reached(route);
  const armed = await route.arm(lb1, 'green', worker);
  edit(node, 'maxconn 2000', 'maxconn 3000');
  const edited = configOf(node);

  const result = await armed.fire(openGate);

  expect(result).toEqual({
    kind: 'not_applied',
    why: expect.stringContaining('was changed by somebody else meanwhile; nothing was written'),
  });
  expect(configOf(node)).toBe(edited);
  expect(filesBeside()).toEqual(['haproxy.cfg']);
  expect(await node.workerPid()).toBe(worker.pid);
});

test('a worker that was not checked is not replaced', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const before = configOf(node);
  const route = configRouteOn(fleet);
  const { worker } = await reached(route);
  const armed = await route.arm(lb1, 'green', worker);
  await node.reload();
  await waitUntil(() => route.barrier(lb1), { what: 'the master to be back' });

  const result = await armed.fire(openGate);

  expect(result).toMatchObject({
    kind: 'not_applied',
    why: expect.stringMatching(/answered instead of worker \d+ .*; nothing was changed$/),
  });
  expect(configOf(node)).toBe(before);
  expect(filesBeside()).toEqual(['haproxy.cfg']);
});

test('a switch that is disarmed leaves nothing', async () => {
  fleet = await started();
  const route = configRouteOn(fleet);
  const { worker } = await reached(route);

  const armed = await route.arm(lb1, 'green', worker);
  const other = await route.arm(lb1, 'green', worker);
  armed.disarm();
  const result = await other.fire(openGate);

  expect(result.kind).toBe('accepted');
  expect(filesBeside()).toEqual(['haproxy.cfg']);
});

/** The fleet's nodes with another check command. */
function configRouteNodes(check: readonly string[]) {
  return fleet.nodes.map(({ target, master, configFile }) => ({
    ...target,
    master,
    configFile: `file://${configFile}`,
    check,
  }));
}
