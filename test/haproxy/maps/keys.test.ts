import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapKey } from '../../../src/config/file-leaves.ts';
import { getMap, setMap } from '../../../src/haproxy/command-line.ts';
import { makeRoute } from '../../../src/haproxy/routes/make-route.ts';
import { nodeName } from '../../../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { openGate } from '../../support/open-gate.ts';

const lb1 = nodeName('lb-1');
const harmless = [
  '/api/',
  '/shop',
  '^/api/v[0-9]+/',
  '*.example.org',
  'a\\b',
  '\\',
  '<<',
  'x<<',
  '"q"',
  "it's",
  '$(id)`id`',
  '@1',
  'a#b',
  '|,%&',
  '{"k":[1]}',
  `${'k'.repeat(254)}!`,
];

let fleet: TestFleet;
beforeAll(async () => {
  const lines = harmless.map((key) => `${key} backend_blue\n`);
  fleet = await aFleet()
    .withMap(`active backend_blue\n${lines.join('')}`)
    .start();
});
afterAll(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });

/** The map as HAProxy has it, without its references. */
async function listed(): Promise<readonly string[]> {
  const reply = await fleet.node(0).ask(`show map ${fleet.node(0).mapFile}`);
  return reply
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^0x[0-9a-f]+ /, ''));
}

test.each(harmless)(
  'the key %s is taken, read, switched, persisted, written anew, and nothing beside it',
  async (key) => {
    const node = fleet.node(0);
    const route = make(fleet.target(key));
    const before = await listed();
    const disk = node.disk();
    expect(mapKey().parse(key)).toBe(key);
    const reading = await route.read(lb1);
    if (reading.kind !== 'reached') throw new Error(reading.why);

    const fired = await (await route.arm(lb1, 'green', reading.worker)).fire(openGate);
    const switched = await route.read(lb1);
    await route.persist(lb1, 'green', openGate);
    const anew = await route.writeFenced(lb1, 'green', openGate);

    const blue = { kind: 'side', side: 'blue' };
    const green = { kind: 'side', side: 'green' };
    expect(reading).toMatchObject({ memory: blue, disk: blue });
    expect([fired, anew]).toMatchObject([{ kind: 'accepted' }, { kind: 'accepted' }]);
    expect(switched).toMatchObject({ memory: green, disk: blue });
    const moved = (line: string) =>
      line === `${key} backend_blue` ? `${key} backend_green` : line;
    expect(await listed()).toEqual(before.map(moved));
    expect(node.disk().split('\n')).toEqual(disk.split('\n').map(moved));
  },
);

test.each(harmless)('the lines for a person move the key %s, in a real shell', async (key) => {
  const node = fleet.node(0);
  const route = make(fleet.target(key));
  const shell = (line: string) => execFileSync('sh', ['-c', line], { encoding: 'latin1' });
  // socat need not be here: the shell says the line, and it goes to the node.
  const said = (line = '') => node.ask(shell(line.replace(/ \| socat .*$/, '')).replace(/\n$/, ''));
  const [write, look, missing] = route.byHand(lb1, 'blue', 'memory');
  const [change = '', find = ''] = route.byHand(lb1, 'blue', 'disk');

  const wrote = await said(write);
  const looked = await said(look);
  shell(change);
  const found = shell(find);

  expect(wrote).toBe('\n');
  expect(looked).toContain(`key="${key}", value="backend_blue"`);
  expect(found.split(':').slice(1).join(':')).toBe(`${key} backend_blue\n`);
  expect(missing).toContain('add map ');
  const blue = { kind: 'side', side: 'blue' };
  expect(await route.read(lb1)).toMatchObject({ memory: blue, disk: blue });
});

test.each([
  ['', 'it is empty'],
  ['a b', 'HAProxy ends a key at a blank'],
  ['a\tb', 'HAProxy ends a key at a blank'],
  ['x backend_green;set server backend_blue/b1 state maint', 'HAProxy ends a key at a blank'],
  ['x;quit', '; begins another command of the Runtime API'],
  ['#0x1', 'HAProxy takes a line that begins with # for a comment'],
  ['a\nb', 'it holds a character that is not printable ASCII'],
  ['a\u0000', 'it holds a character that is not printable ASCII'],
  ['a\rb', 'it holds a character that is not printable ASCII'],
  ['ä', 'it holds a character that is not printable ASCII'],
  ['a\u2028b', 'it holds a character that is not printable ASCII'],
  ['k'.repeat(256), 'it is longer than 255 characters'],
])('the key %j is refused, in the configuration and on the wire: %s', (key, why) => {
  const issues = mapKey().safeParse(key).error?.issues ?? [];

  expect(issues.map((issue) => issue.code === 'custom' && issue.params?.hint)).toEqual([why]);
  expect(() => getMap('/m', key)).toThrow(/was not sent/);
  expect(() => setMap('/m', key, 'v')).toThrow(/was not sent/);
});

test('a key that is looked up with a further one behind it has room for that', () => {
  const most = 'k'.repeat(250);

  expect(mapKey('.zone').safeParse(most).success).toBe(true);
  expect(mapKey('.zone').safeParse(`${most}k`).success).toBe(false);
});
