import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { stateOf } from '../support/haproxy-node.ts';
import { waitUntil } from '../support/wait-until.ts';

let fleet: TestFleet | undefined;
afterEach(async () => {
  await fleet?.end();
  fleet = undefined;
});

function isAlive(pid: number): boolean {
  const state = stateOf(pid);
  return state !== undefined && state !== 'Z';
}

test.each(['master-worker', 'plain'])(
  'a %s fleet serves blue, and a reload loses what was only in memory',
  async (mode) => {
    const builder = aFleet().withNodes(2).withServers(2);
    fleet = await (mode === 'plain' ? builder.plain().overTcp() : builder).start();
    const node = fleet.node(1);

    expect((await node.get()).body).toMatch(/^version=blue server=b[12]\n$/);
    expect(await node.ask(`set map ${node.mapFile} active backend_green`)).toBe('\n');
    expect((await node.get()).body).toMatch(/^version=green/);
    await node.reload();

    expect(await node.memory()).toBe('backend_blue');
    expect((await node.get()).body).toMatch(/^version=blue/);
  },
);

test('an application fails its checks, answers 500, and holds requests on command', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const blue = fleet.application('blue');

  blue.answerWith(500);
  expect((await node.get()).status).toBe(500);
  blue.recover();
  const held = node.get('/hold');
  await waitUntil(() => blue.held === 1);
  blue.letGo();
  expect((await held).status).toBe(200);
  blue.failHealth();
  await waitUntil(async () => (await node.get()).status === 503);
});

test('a paused node accepts connections and carries out what was sent only when it goes on', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);

  await node.pause();
  await expect(node.ask(`set map ${node.mapFile} active backend_green`, 200)).rejects.toThrow(
    /did not answer/,
  );
  node.resume();

  await waitUntil(async () => (await node.memory()) === 'backend_green');
});

test('a stopped node starts again, and the end leaves neither process nor folder', async () => {
  fleet = await aFleet().start();
  const node = fleet.node(0);
  const first = await node.workerPid();

  await node.stop();
  expect(isAlive(first)).toBe(false);
  writeFileSync(node.mapFile, 'active backend_green\n');
  await node.start();
  expect(await node.memory()).toBe('backend_green');
  const second = await node.workerPid();
  const folder = fleet.folder;
  await fleet.end();

  expect(isAlive(second)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test('a test run that is killed leaves neither process nor folder', async () => {
  const support = new URL('../support/haproxy.ts', import.meta.url).href;
  const code = `import { aFleet } from ${JSON.stringify(support)};
    const before = await aFleet().start();
    await before.end();
    const fleet = await aFleet().withNodes(2).start();
    const pid = await fleet.node(0).workerPid();
    await fleet.node(1).pause();
    console.log(JSON.stringify({ pid, folder: fleet.folder }));
    setInterval(() => {}, 1000);`;
  const run = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  const [line] = await once(run.stdout, 'data');
  const started = JSON.parse(String(line)) as { pid: number; folder: string };
  expect([isAlive(started.pid), existsSync(started.folder)]).toEqual([true, true]);

  run.kill('SIGKILL');

  await waitUntil(() => !isAlive(started.pid) && !existsSync(started.folder));
});
