import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { TestFleet } from '../../../support/haproxy.ts';
import {
  aConfigFleet,
  configOf,
  configRouteOn,
  configTarget,
  edit,
  lb1,
  nextSecond,
  reached,
  settled,
  settledFleet,
  started,
} from './config-bed.ts';

const blue = { kind: 'side', side: 'blue' };
const green = { kind: 'side', side: 'green' };
let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

test('a worker that started after the last change of the file has what the file says', async () => {
  fleet = await started();
  const route = configRouteOn(fleet);
  await settled(route, fleet.node(0));

  const reading = await reached(route);

  expect(reading).toMatchObject({
    level: 'admin',
    stopping: false,
    memory: { kind: 'side', side: 'blue' },
    disk: { kind: 'side', side: 'blue' },
    sharedWith: [],
    ownGates: [
      {
        gate: 'master ready',
        holds: true,
        sentence: 'its master answers, and its last reload loaded',
      },
    ],
  });
  expect(reading).not.toHaveProperty('diskObstacle');
  expect([reading.sides.blue.backend, reading.sides.green.servers.length]).toEqual([
    'backend_blue',
    1,
  ]);
});

const changes: readonly [string, (file: string) => void][] = [
  ['its content', (file) => writeFileSync(file, `${configOf(fleet.node(0))}# more\n`)],
  ['its time alone', (file) => utimesSync(file, new Date(), new Date())],
  ['its mode', (file) => chmodSync(file, 0o640)],
  [
    'the file itself, by an older one',
    (file) => {
      writeFileSync(`${file}.old`, configOf(fleet.node(0)));
      utimesSync(`${file}.old`, 1_000_000_000, 1_000_000_000);
      renameSync(`${file}.old`, file);
    },
  ],
];

test.each(changes)(
  'after a change of %s nobody knows what a worker has that was not seen before, until it is reloaded',
  async (_, change) => {
    fleet = await started();
    const node = fleet.node(0);
    const route = configRouteOn(fleet);
    await nextSecond();
    await node.reload();
    await nextSecond();

    change(node.configFile);
    const touched = await reached(route);
    await settled(route, node);
    const reloaded = await reached(route);

    expect(touched.memory).toEqual({
      kind: 'between',
      words: `worker ${touched.worker.pid} started before the last change of ${node.configFile}`,
    });
    expect(touched.disk).toEqual({ kind: 'side', side: 'blue' });
    expect(reloaded.memory).toEqual({ kind: 'side', side: 'blue' });
  },
);

test('a worker that was seen keeps what it has through edits elsewhere in the file; of the line itself none is whole', async () => {
  fleet = await settledFleet();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  const { worker, memory } = await reached(route);

  edit(node, 'maxconn 2000', 'maxconn 2001');
  const elsewhere = await reached(route);
  edit(node, 'default_backend backend_blue', 'default_backend backend_green');
  const line = await reached(route);

  expect([memory, elsewhere.memory, line.disk]).toEqual([blue, blue, green]);
  expect(line.memory).toEqual({
    kind: 'between',
    words: `worker ${worker.pid} has blue, ${node.configFile} names green`,
  });
});

test('what a worker was seen with says nothing of the next one', async () => {
  fleet = await settledFleet();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  const seen = await reached(route);
  await node.reload();
  await nextSecond();

  edit(node, 'maxconn 2000', 'maxconn 2001');

  expect([seen.memory, (await reached(route)).memory.kind]).toEqual([blue, 'between']);
});

test('a link that leads to another file since is a change, too', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  writeFileSync(`${node.folder}/other.cfg`, configOf(node));
  renameSync(node.configFile, `${node.folder}/first.cfg`);
  symlinkSync('first.cfg', node.configFile);
  await nextSecond();
  await node.reload();
  await nextSecond();

  rmSync(node.configFile);
  symlinkSync('other.cfg', node.configFile);

  expect((await reached(route)).memory.kind).toBe('between');
});

test('a file that was edited and not reloaded shows on disk only', async () => {
  fleet = await started();
  const route = configRouteOn(fleet);
  edit(fleet.node(0), 'default_backend backend_blue', 'default_backend backend_green');

  const reading = await reached(route);

  expect([reading.memory.kind, reading.disk]).toEqual(['between', { kind: 'side', side: 'green' }]);
});

test('other lines that send traffic to a side are named, and a backend that is no side is said', async () => {
  fleet = await started(
    aConfigFleet().withSection(
      'backend backend_other\nfrontend other\n    default_backend backend_green',
    ),
  );
  const node = fleet.node(0);
  const route = configRouteOn(fleet);
  edit(node, 'default_backend backend_blue', 'default_backend backend_other');

  const reading = await reached(route);

  expect(reading.disk).toEqual({ kind: 'foreign', value: 'backend_other' });
  expect(reading.sharedWith).toEqual([expect.stringMatching(/^frontend other, line \d+$/)]);
});

test('a frontend that is not in the file, and a file that is not there, are unreadable in words', async () => {
  fleet = await started();
  const node = fleet.node(0);

  const lost = await reached(configRouteOn(fleet, { frontend: 'api' }));
  rmSync(node.configFile);
  const gone = await reached(configRouteOn(fleet));

  expect(lost.disk).toEqual({ kind: 'unreadable', why: 'there is no frontend api' });
  expect(gone.memory).toEqual({
    kind: 'unreadable',
    why: expect.stringContaining('no such file'),
  });
  expect(gone.diskObstacle).toContain('no such file');
});

test('a silent master is a gate that does not hold', async () => {
  fleet = await started();
  const master = `unix://${fleet.folder}/nobody.sock`;
  const nodes = configTarget(fleet).nodes.map((node) => ({ ...node, master }));

  const reading = await reached(configRouteOn(fleet, { nodes }));

  expect(reading.ownGates).toEqual([
    {
      gate: 'master ready',
      holds: false,
      sentence: expect.stringMatching(
        /^its master does not answer at unix:.*nobody\.sock; HAProxy must run with -W -S: /,
      ),
    },
  ]);
});

test('a node without a worker is unreachable, and the barrier waits for it and its master', async () => {
  fleet = await started();
  const node = fleet.node(0);
  const route = configRouteOn(fleet);

  expect(await route.barrier(lb1)).toBe(true);
  await node.stop();

  expect(await route.read(lb1)).toMatchObject({ kind: 'unreachable' });
  expect(await route.barrier(lb1)).toBe(false);
});
