import { expect, test } from 'vitest';
import { checkBlocks } from '../../demo/slack/blocks/check-blocks.ts';
import { visibleText } from '../../demo/slack/message.ts';
import type { Reply, ServiceStatus } from '../../src/commands/command.ts';
import type { NodeStatus, Verdict } from '../../src/release/node-status.ts';
import { actor, nodeName } from '../../src/release/vocabulary.ts';
import { homeTab } from '../../src/slack/home-tab.ts';
import { defaultCommands } from '../../src/slack/manifest.ts';
import { replyMessage } from '../../src/slack/reply-message.ts';
import { aPlan, aReading, aRelease, digest, noon } from './a-release.ts';

const zone = 'Europe/Berlin';
const hostile = '<!channel> <@U0BOSS> \u202e `` & ';

function aNode(node: string, verdict: Verdict = 'in sync', servers = 2): NodeStatus {
  return {
    node: nodeName(node),
    reading:
      verdict === 'unreachable'
        ? { kind: 'unreachable', node: nodeName(node), why: 'connection refused' }
        : aReading(node, 'blue', servers),
    desiredMemory: 'blue',
    desiredDisk: 'blue',
    verdict,
    sentence: verdict === 'in sync' ? '' : `${node} is ${verdict}: ${hostile}`,
  };
}

function aService(name: string, nodes: readonly NodeStatus[]): ServiceStatus {
  return {
    state: {
      service: name,
      accepted: { side: 'blue', by: actor('U0RITA'), at: noon.at },
      switchedTo: 'blue',
      versions: { blue: '2.4.1', green: hostile },
      hold: { by: actor('U0OLAF'), at: noon.at, reason: hostile },
      lastNumber: 42,
    },
    nodes,
    active: 'blue',
    release: aRelease().release,
    rollback: { to: 'green', ready: 1, nodes: 2, sentence: '`/rollback` goes to green.' },
  };
}

const many = (count: number, servers = 2) =>
  Array.from({ length: count }, (_, index) =>
    aNode(`lb-${index}`, index % 7 === 3 ? 'drifted' : 'in sync', servers),
  );

/** Its master lists two workers that still serve; every third master says something hostile instead. */
function reloadedOften(node: NodeStatus, index: number): NodeStatus {
  const workers = [111, 222].map((pid) => ({ pid, sessions: { blue: 4, green: 0 } }));
  const unknown = { kind: 'unknown', why: hostile.repeat(9) } as const;
  return { ...node, oldWorkers: index % 3 === 2 ? unknown : { kind: 'known', workers } };
}

function history(count: number): Extract<Reply, { kind: 'history' }> {
  return {
    kind: 'history',
    more: count > 100,
    timezone: zone,
    asked: 'checkout since 7d',
    rows: Array.from({ length: count }, (_, index) => ({
      seq: index + 1,
      at: noon.at,
      service: 'checkout',
      release: 'checkout-42',
      actor: actor(index % 2 === 0 ? 'U0ANN' : 'system:bake'),
      sentence: `approved for @U0RITA ${hostile.repeat(index)}`,
    })),
  };
}

const replies: readonly (readonly [string, Reply])[] = [
  ['done', { kind: 'done', text: `Done by @U0ANN ${hostile}` }],
  ['refused', { kind: 'refused', text: hostile.repeat(500) }],
  ['malfunction', { kind: 'malfunction', text: '' }],
  ['an empty overview', { kind: 'overview', services: [], at: noon }],
  ['an overview', { kind: 'overview', services: [aService('checkout', many(2))], at: noon }],
  [
    'an overview of 300 services',
    {
      kind: 'overview',
      services: Array.from({ length: 300 }, (_, index) => aService(`s${index}`, many(2))),
      at: noon,
    },
  ],
  ['a service', { kind: 'service', status: aService('checkout', many(3)), at: noon }],
  [
    'a service of 100 nodes with 20 servers a side',
    { kind: 'service', status: aService('checkout', many(100, 20)), at: noon },
  ],
  [
    'a service whose nodes all have old workers',
    { kind: 'service', status: aService('checkout', many(30).map(reloadedOften)), at: noon },
  ],
  ['no history', history(0)],
  ['one row of history', history(1)],
  ['a long history', history(150)],
  [
    'a moment',
    {
      kind: 'at',
      service: 'checkout',
      time: noon.at,
      timezone: zone,
      sentence: `blue was live, by @U0RITA ${hostile}`,
      live: { side: 'blue', by: actor('U0RITA'), at: noon.at, seq: 41 },
    },
  ],
  ['a plan', { kind: 'plan', plan: aPlan(), digest, sentences: Array(80).fill(hostile) }],
  ['help', { kind: 'help', topic: 'release', lines: Array(200).fill(`/release ${hostile}`) }],
];

test.each(replies)('Slack takes %s', (_name, reply) => {
  const answer = replyMessage(reply, zone);

  expect(checkBlocks(JSON.parse(JSON.stringify(answer?.blocks)), 'message')).toEqual([]);
  expect(answer?.text.length).toBeLessThan(4_000);
  expect(answer?.text).not.toMatch(/<!channel|<@U0BOSS>|\u202e|^$/);
});

test('the old workers of a node stand under its alarms, the first eight of them by name', () => {
  const nodes = many(5).map(reloadedOften);

  const text = replyMessage(
    { kind: 'service', status: aService('checkout', nodes), at: noon },
    zone,
  )
    ?.text.split('\n')
    .filter((line) => line.includes('old worker'));

  expect(text?.slice(0, 2)).toEqual([
    '⚠ lb-0: an old worker (pid 111) still serves 4 sessions on blue after a reload.',
    '⚠ lb-0: an old worker (pid 222) still serves 4 sessions on blue after a reload.',
  ]);
  expect(text).toHaveLength(8);
});

test('a copy of a delivery is answered with nothing', () => {
  expect(replyMessage({ kind: 'silent' }, zone)).toBeUndefined();
});

function rowsOf(reply: Reply): readonly (readonly string[])[] {
  const block = replyMessage(reply, zone)?.blocks.find(
    ({ type }) => type === 'table' || type === 'data_table',
  );
  const rows = block !== undefined && 'rows' in block ? block.rows : [];
  return rows.map((row) =>
    row.map((cell) => (cell.type === 'rich_text' ? richWords(cell) : cell.text)),
  );
}

function richWords(cell: object): string {
  return [...JSON.stringify(cell).matchAll(/"(?:text|user_id)":"([^"]*)"/g)]
    .map(([, word]) => word)
    .join('');
}

test('the overview has one line per service', () => {
  const status = aService('checkout', [aNode('lb-1'), aNode('lb-2', 'drifted')]);
  const { hold: _, ...state } = status.state;

  const { release: _release, ...free } = status;

  const rows = rowsOf({
    kind: 'overview',
    services: [status, { ...free, state }, free],
    at: noon,
  });

  expect(rows.map((row) => row.map((cell) => cell.replace(/green <.*$/, 'green …')))).toEqual([
    ['Service', 'Active', 'Versions', 'Open release', 'Nodes', 'Rollback ready'],
    [
      'checkout',
      'blue',
      'blue 2.4.1, green …',
      'checkout-42 · Checking, locked by U0OLAF',
      '⚠ 1 in sync, 1 drifted',
      '1/2 → green',
    ],
    ['checkout', 'blue', 'blue 2.4.1, green …', '–', '⚠ 1 in sync, 1 drifted', '1/2 → green'],
    [
      'checkout',
      'blue',
      'blue 2.4.1, green …',
      'locked by U0OLAF',
      '⚠ 1 in sync, 1 drifted',
      '1/2 → green',
    ],
  ]);
});

test('the health table has a row per node, troubled ones first, and a row per server', () => {
  const nodes = [aNode('lb-1', 'in sync', 1), aNode('lb-2', 'unreachable')];

  const rows = rowsOf({ kind: 'service', status: aService('checkout', nodes), at: noon });

  expect(rows).toEqual([
    ['Node', 'Memory', 'Disk', 'Desired', 'Verdict', 'Server', 'Status', 'Check', 'Sessions'],
    ['lb-2', '–', '–', 'blue', '⚠ unreachable', '–', '–', '–', '–'],
    ['lb-1', 'blue', 'blue', 'blue', 'in sync', 'blue b1', 'UP', 'L7OK 200', '8'],
    ['lb-1', '·', '·', '·', '·', 'green g1', 'UP', 'L7OK 200', '8'],
  ]);
});

test('history names people, the zone and UTC', () => {
  const rows = rowsOf(history(2));

  expect(rows[0]).toEqual(['Row', 'About', 'What', 'Who', 'When (Europe/Berlin)', 'UTC']);
  expect(rows[1]).toEqual([
    '1',
    'checkout-42',
    'approved for U0RITA',
    'U0ANN',
    '2026-03-01 13:00:00',
    '12:00:00 UTC',
  ]);
  expect(rows[2]?.[3]).toBe('the bake');
});

test('a history that is cut says how much is missing', () => {
  const rows = rowsOf(history(150));

  expect(rows.length).toBeLessThanOrEqual(101);
  expect(rows.at(-1)?.[0]).toBe(`+${150 - (rows.length - 2)} more`);
});

test('a moment is answered with its zone, UTC and the row that says so', () => {
  const answer = replyMessage(
    {
      kind: 'at',
      service: 'checkout',
      time: noon.at,
      timezone: zone,
      sentence: 'checkout was on blue, by @U0RITA.',
      live: { side: 'blue', by: actor('U0RITA'), at: noon.at, seq: 41 },
    },
    zone,
  );

  expect(visibleText((answer ?? { text: '' }) as never).split('\n')).toEqual([
    'checkout was on blue, by <@U0RITA>.',
    '2026-03-01 13:00:00 Europe/Berlin · 2026-03-01 12:00:00 UTC  ·  journal #41',
  ]);
});

test('Slack takes the Home tab', () => {
  const { blocks } = homeTab(defaultCommands, [['/release <service>'], [], ['x'.repeat(9_000)]]);

  expect(checkBlocks(blocks, 'home')).toEqual([]);
});
