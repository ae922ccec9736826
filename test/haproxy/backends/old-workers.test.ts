import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRoute } from '../../../src/haproxy/routes/make-route.ts';
import { nodeName } from '../../../src/release/vocabulary.ts';
import { FakeRuntime, proxyTo } from '../../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';

let fleet: TestFleet;
const lb1 = nodeName('lb-1');

beforeEach(async () => {
  fleet = await aFleet().start();
});

afterEach(async () => {
  await fleet.end();
});

function routeWith(master: string | undefined) {
  const target = fleet.target();
  const nodes = target.nodes.map((node) => ({ ...node, ...(master && { master }) }));
  return makeRoute({ mono: () => performance.now(), deadlineMs: 500 })({ ...target, nodes });
}

/** A request that stays open on the side that is active now; resolves when the application has it. */
async function hold(side: 'blue' | 'green'): Promise<void> {
  const before = fleet.application(side).held;
  const held = request(new URL('/hold', fleet.node(0).frontend));
  held.on('error', () => {});
  held.end();
  await waitUntil(() => fleet.application(side).held > before, { what: 'a held request' });
}

test('the worker that a reload replaced tells what it still serves on each side, until it is gone', async () => {
  const node = fleet.node(0);
  const route = routeWith(node.master);
  await hold('blue');
  await hold('blue');
  await node.ask(`set map ${node.mapFile} active backend_green`);
  await hold('green');
  const pid = await node.workerPid();

  await node.reload();
  const serving = await waitUntil(async () => {
    const seen = await route.oldWorkers(lb1);
    return seen?.kind === 'known' && seen;
  });
  for (const side of ['blue', 'green'] as const) fleet.application(side).letGo();
  await waitUntil(async () => {
    const seen = await route.oldWorkers(lb1);
    return seen?.kind === 'known' && seen.workers.length === 0;
  });

  expect(serving.workers).toEqual([{ pid, sessions: { blue: 2, green: 1 } }]);
});

test('without a master in the configuration nothing is known, and a silent master is a fact too', async () => {
  const silent = await routeWith(`unix://${fleet.folder}/nobody.sock`).oldWorkers(lb1);

  expect(await routeWith(undefined).oldWorkers(lb1)).toBeUndefined();
  expect(silent).toEqual({
    kind: 'unknown',
    why: expect.stringMatching(/^lb-1 could not be reached for "show proc; …": /),
  });
});

const listed =
  '#<PID>          <type>          <reloads>       <uptime>        <version>      \n' +
  '100             master          1 [failed: 0]   0d00h00m01s     2.6.12-1+deb12u4\n' +
  '# workers\n# old workers\n4711            worker          1               0d00h00m01s     2.6.12-1+deb12u4\n';
const gone = "Can't find the target PID matching the prefix '@!4711'\n";

test('a worker that ends between the list and the question is no longer there', async () => {
  const master = await FakeRuntime.start(() => gone.repeat(5));
  master.fault(/^show proc/, { kind: 'say', reply: `${listed.split('# old')[0]}\n` });
  master.fault(/^show proc/, { kind: 'say', reply: `${listed}\n` }, 1);

  const seen = await routeWith(master.address).oldWorkers(lb1);
  const lines = master.heard.map(({ line }) => line);
  await master.end();

  expect(seen).toEqual({ kind: 'known', workers: [] });
  expect(lines).toEqual([
    'show proc;quit',
    '@!4711 show info;@!4711 show servers conn backend_blue;@!4711 show stat backend_blue -1 -1;@!4711 show servers conn backend_green;@!4711 show stat backend_green -1 -1;quit',
    'show proc;quit',
  ]);
});

test('a worker that is listed and does not answer leaves the old workers unknown', async () => {
  const master = await FakeRuntime.start(() => '');
  master.fault(/^show proc/, { kind: 'say', reply: `${listed}\n` });

  const seen = await routeWith(master.address).oldWorkers(lb1);
  await master.end();

  expect(seen?.kind).toBe('unknown');
});

test('a worker that is listed as old and stays, as 3.x does after a failed reload, is no old worker', async () => {
  const real = proxyTo(fleet.node(0).runtime);
  const master = await FakeRuntime.start(async (line) => {
    if (line.startsWith('show proc')) return `${listed}\n`;
    return real(line.replaceAll('@!4711 ', ''));
  });

  const seen = await routeWith(master.address).oldWorkers(lb1);
  await master.end();

  expect(seen).toEqual({ kind: 'known', workers: [] });
});
