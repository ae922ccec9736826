import { expect, test } from 'vitest';
import { checkBlocks } from '../../demo/slack/blocks/check-blocks.ts';
import { buttonsOf, visibleText } from '../../demo/slack/message.ts';
import type { Release } from '../../src/release/release.ts';
import { isEnd, stateTitle } from '../../src/release/states.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { card } from '../../src/slack/card.ts';
import type { CardView } from '../../src/slack/card-view.ts';
import { aReading, aRelease, digest, later } from './a-release.ts';
import { everyState } from './every-state.ts';

const plainView: CardView = {};
const hostile = `<!channel> <@U0BOSS> & \u202e\u0007 *bold* \`\`\` ~x~ <https://evil.example|ok> `;

const worlds: readonly (readonly [string, Parameters<typeof everyState>[0], CardView])[] = [
  ['three nodes', {}, plainView],
  [
    'a hundred nodes, readings of all, and 3,000 characters of hostile reason',
    { nodes: 100, reason: hostile.repeat(60), version: hostile.repeat(30), approvers: 9 },
    {
      ...plainView,
      progress: { text: hostile.repeat(60), done: 3, total: 7 },
      readings: Array.from({ length: 100 }, (_, index) => aReading(`lb-${index + 1}`)),
      repeated: '(repeated after restart)',
    },
  ],
];

for (const [world, wish, view] of worlds) {
  for (const [name, release] of everyState(wish)) {
    test(`Slack takes the card of a release that is ${name}, with ${world}`, () => {
      const { text, blocks } = card(release, view);

      expect(checkBlocks(JSON.parse(JSON.stringify(blocks)), 'message')).toEqual([]);
      expect(text.length).toBeLessThan(4_000);
      expect(text.split('\n')[0]).toBe(`checkout-42 · ${stateTitle(release.state)}`);
      expect(visibleText({ text, blocks: blocks as never }).split('\n')[0]).toBe(
        `checkout-42 · ${stateTitle(release.state)}`,
      );
      const live = [text, ...mrkdwnOf(blocks)].join('\n');
      expect(['<!channel', '<@U0BOSS'].filter((bad) => live.includes(bad))).toEqual([]);
      expect(/\p{Cf}|\\u00/u.test(JSON.stringify([text, blocks]))).toBe(false);
    });
  }
}

test.each([...everyState()].filter(([, { state }]) => isEnd(state)))(
  'a release that is %s has no button, and the anchor as its last line',
  (_name, release) => {
    const { text, blocks } = card(release, plainView);

    const anchor = `journal #${release.head.seq} ${digest}`;
    expect(buttonsOf({ blocks: blocks as never })).toEqual([]);
    expect(text.split('\n').at(-1)).toBe(anchor);
    expect(blocks.at(-1)).toEqual({
      type: 'context',
      elements: [{ type: 'mrkdwn', text: anchor, verbatim: true }],
    });
  },
);

test('the anchor stays the last line where the text has to be cut', () => {
  const release = everyState({ reason: 'x'.repeat(3_000), nodes: 100 }).get('rolled back');
  if (release === undefined) throw new Error('no such state');

  const { text } = card({ ...release, decisions: Array(60).fill('y'.repeat(250)) }, plainView);

  expect(text.length).toBeLessThan(4_000);
  expect(text.split('\n').at(-1)).toBe(`journal #${release.head.seq} ${digest}`);
});

test.each([
  ['requested', ['Cancel']],
  ['awaiting approval', ['Approve', 'Cancel']],
  ['preflight', ['Cancel']],
  ['switching', ['Roll back']],
  ['verifying', ['Roll back']],
  ['smoking', ['Roll back']],
  ['baking', ['Roll back']],
  ['going back', []],
  ['awaiting acceptance', ['Accept', 'Roll back']],
  ['persisting', []],
  ['draining', []],
  ['draining and asking', ['Wait', 'Shut down sessions', 'Roll back']],
  ['needs attention', []],
  ['needs attention with a choice', ['Re-apply', 'Accept blue']],
  ['settling', []],
])('a release that is %s has the buttons %j', (name, labels) => {
  const release = everyState().get(name);
  if (release === undefined) throw new Error('no such state');

  const buttons = buttonsOf({ blocks: card(release, plainView).blocks as never });

  expect(buttons.map(({ label }) => label)).toEqual(labels);
  expect(buttons.map(({ actionId }) => actionId)).toEqual(
    labels.map((label) => label.toLowerCase().replaceAll(/[ -]/g, '_')),
  );
  expect(new Set(buttons.map(({ element }) => element.value)).size).toBeLessThan(2);
  expect(buttons.every(({ element }) => element.value === 'checkout-42')).toBe(true);
  expect(buttons.every(({ blockId }) => blockId === 'release:abcdef012345')).toBe(true);
});

test('a button that moves traffic asks again, repeating from, to and the number of nodes', () => {
  const release = everyState({ version: '2.4.1' }).get('awaiting approval');
  if (release === undefined) throw new Error('no such state');

  const [approve, cancel] = buttonsOf({ blocks: card(release, plainView).blocks as never });

  expect(approve?.element.confirm).toEqual({
    title: { type: 'plain_text', text: 'Approve this release?' },
    text: { type: 'plain_text', text: 'checkout: blue → green (version 2.4.1) on 3 nodes' },
    confirm: { type: 'plain_text', text: 'Approve' },
    deny: { type: 'plain_text', text: 'Not now' },
  });
  expect(cancel?.element.confirm).toBeUndefined();
});

test('a release at rest reads as a page: who, what, where, and what is missing', () => {
  const version = `2.4.1@sha256:${'0123456789abcdef'.repeat(4)}`;
  const release = aRelease({ version, reason: 'faster <checkout>', approvers: 2 })
    .then({ kind: 'awaiting_approval', deadline: later })
    .then({ kind: 'approved', roles: ['approver'] }, 'U0ANN').release;
  const readings = ['lb-1', 'lb-2', 'lb-3'].map((node) => aReading(node));

  const { text } = card(release, { ...plainView, readings });

  expect(text.split('\n')).toEqual([
    'checkout-42 · Awaiting approval',
    '*checkout*  blue → *green*  ·  version 2.4.1@sha256:0123456789ab…',
    'Requested by <@U0RITA>  ·  3 nodes',
    'Reason: faster &lt;checkout&gt;',
    'Approvals 1 of 2: <@U0ANN>',
    'Expires <!date^1772367300^{date_short_pretty} {time}|2026-03-01 12:15> (12:15 UTC)',
    '✓ Rollback ready 3/3',
  ]);
});

test('no check mark stands beside a side that has no healthy server', () => {
  const release = everyState().get('completed');
  const reading = aReading('lb-2');
  if (release === undefined || reading.kind !== 'reached') throw new Error('no such state');
  const servers = reading.sides.green.servers.map(
    (server) => ({ ...server, health: 'down' }) as const,
  );
  const dead = {
    ...reading,
    sides: { ...reading.sides, green: { ...reading.sides.green, servers } },
  };

  const { text } = card(release, {
    ...plainView,
    readings: [aReading('lb-1'), dead, aReading('lb-3')],
  });

  expect(text).toContain('⚠ green has no healthy server on lb-2  ·  Rollback ready 3/3');
  expect(text).not.toContain('✓ Rollback ready');
});

test('the node table shows memory, disk, servers and sessions, and marks a node that is silent', () => {
  const release = everyState().get('verifying');
  if (release === undefined) throw new Error('no such state');
  const silent = { kind: 'unreachable', node: 'lb-3', why: 'connection refused' } as never;

  const readings = [aReading('lb-1', 'green'), aReading('lb-2'), silent];
  const { blocks } = card(release, {
    ...plainView,
    readings,
    progress: { text: 'reading', readings },
  });

  const table = blocks.find((block) => block.type === 'table');
  const cells = (table?.type === 'table' ? table.rows : []).map((row) =>
    row.map((cell) => (cell.type === 'raw_text' ? cell.text : '?')),
  );
  expect(cells).toEqual([
    ['Node', 'Memory', 'Disk', 'Servers up', 'Sessions'],
    ['lb-1', 'green', 'blue', 'blue 2/2, green 2/2', 'blue 17, green 17'],
    ['lb-2', 'blue', 'blue', 'blue 2/2, green 2/2', 'blue 17, green 17'],
    ['lb-3', '⚠ unreachable', 'blue', '–', '–'],
  ]);
});

test('a table of a hundred and fifty nodes is cut, and says how many are missing', () => {
  const release = aRelease({ nodes: 150 }).release;

  const table = card(release, plainView).blocks.find((block) => block.type === 'table');

  const rows = table?.type === 'table' ? table.rows : [];
  expect(rows).toHaveLength(100);
  expect(rows.at(-1)?.[0]).toEqual({ type: 'raw_text', text: '+52 more' });
});

test('a release in need of a person shows the lines by hand, in code, and the command that settles it', () => {
  const release = aRelease()
    .then({ kind: 'stage_entered', stage: 'switching' })
    .then({
      kind: 'needs_attention',
      why: 'lb-2 does not answer.',
      byHand: ["echo 'set map /m active backend_blue' | socat - /run/lb-2.sock"],
    }).release;

  const { text } = card(release, plainView);

  expect(text).toContain('*A person is needed.* lb-2 does not answer.');
  expect(text).toContain("```echo 'set map /m active backend_blue' | socat - /run/lb-2.sock```");
  expect(text).toContain('`/release settle checkout-42 blue|green because …`');
});

test('lines by hand that a message cannot hold are left out whole, counted, and the command line has them', () => {
  const line = (n: number) =>
    `echo "set map /etc/haproxy/maps/bluegreen.map active backend_green" | socat stdio /run/haproxy-${n}/admin.sock`;
  const lines = Array.from({ length: 60 }, (_, index) => line(index));
  const release = aRelease()
    .then({ kind: 'stage_entered', stage: 'switching' })
    .then({ kind: 'needs_attention', why: 'All are away.', byHand: lines }).release;

  const shown = card(release, plainView).blocks.flatMap((block) =>
    block.type === 'section' && block.text?.text.startsWith('By hand') ? [block.text.text] : [],
  );

  const [text = ''] = shown;
  const whole = text.split('```')[1]?.split('\n') ?? [];
  expect(text.length).toBeLessThanOrEqual(3_000);
  expect(whole).toEqual(lines.slice(0, whole.length));
  expect(whole.length).toBeGreaterThan(10);
  expect(text.split('\n').at(-1)).toBe(
    `... and ${60 - whole.length} more: \`pointsman status checkout\` prints them all.`,
  );
});

test('the task list follows the stages, and stops where the release stopped', () => {
  const release = everyState().get('failed');
  if (release === undefined) throw new Error('no such state');

  const plan = card(release, plainView).blocks.find((block) => block.type === 'plan');

  const tasks = (plan?.type === 'plan' ? (plan.tasks ?? []) : []) as readonly {
    readonly task_id: string;
    readonly status: string;
  }[];
  expect(tasks.map(({ task_id, status }) => `${task_id} ${status}`)).toEqual([
    'awaiting_approval complete',
    'preflight error',
  ]);
});

test.each(['rejected', 'expired', 'cancelled'])(
  'a release that was %s shows no steps and no nodes',
  (name) => {
    const release = everyState().get(name);
    if (release === undefined) throw new Error('no such state');

    const kinds = card(release, plainView).blocks.map(({ type }) => type);

    expect(kinds).not.toContain('plan');
    expect(kinds).not.toContain('table');
  },
);

test('who took it back, and why it failed, is said once', () => {
  const why = 'Taken back by @U0RITA: the total is wrong.';
  const back = { kind: 'going_back', end: 'aborted', why } as const;
  const gate = {
    gate: 'error rate',
    result: 'failed',
    sentence: '9 of 10 answers were 5xx.',
  } as const;
  const bad = { ...back, end: 'rolled_back', why: `The bake failed: ${gate.sentence}` } as const;
  const begun = aRelease().then({ kind: 'stage_entered', stage: 'baking' });
  const ended = (sentence: string, state: 'aborted' | 'rolled_back') =>
    ({ kind: 'ended', state, sentence, durationMs: 1_000 }) as const;
  const times = (text: string, words: string) => text.split(words).length - 1;

  const going = card(begun.then(back, 'U0RITA').release, plainView);
  const aborted = card(
    begun.then(back, 'U0RITA').then(ended(why, 'aborted'), 'U0RITA').release,
    plainView,
  );
  const failed = card(
    begun
      .then({ kind: 'smoked', gates: [gate] })
      .then(bad, 'system:smoke')
      .then(ended(bad.why, 'rolled_back'), 'system:smoke').release,
    plainView,
  );

  expect([going, aborted].map(({ text }) => times(text, '<@U0RITA>'))).toEqual([2, 2]);
  expect(JSON.stringify(failed.blocks).match(/9 of 10 answers/g)).toHaveLength(1);
  expect(times(failed.text, 'the smoke test')).toBe(1);
});

test('a rollback looks like one', () => {
  const release = aRelease({
    kind: 'rollback',
    takesBack: 'checkout-41',
    from: 'green',
    to: 'blue',
  }).release;

  expect(card(release, plainView).text.split('\n').slice(0, 3)).toEqual([
    'checkout-42 · Checking',
    '↩ *Rollback*  ·  takes back checkout-41',
    '*checkout*  green → *blue*',
  ]);
  const readings = ['lb-1', 'lb-2', 'lb-3'].map((node) => aReading(node));
  expect(card(release, { readings }).text).not.toContain('Rollback ready');
});

/** The only texts of a message in which Slack looks for mentions. */
function mrkdwnOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(mrkdwnOf);
}

test('a lock and an override stand in the message and in the dialog of who approves', () => {
  const hold = { by: actor('U0OLAF'), at: later.at, reason: 'code <freeze>' };
  const waiting = aRelease().then({ kind: 'awaiting_approval', deadline: later }).release;
  const against = { ...waiting, override: 'hotfix <!channel>' };
  const shownOf = (release: Release, view: CardView) => {
    const { text, blocks } = card(release, view);
    const approve = buttonsOf({ blocks: blocks as never }).find(({ label }) => label === 'Approve');
    const dialog = JSON.stringify(approve?.element.confirm);
    return [text.split('\n').filter((line) => line.startsWith('⚠ *')), dialog];
  };

  expect(shownOf(waiting, {})).toEqual([[], expect.not.stringContaining('lock')]);
  expect(shownOf(waiting, { hold })).toEqual([
    [
      '⚠ *Held by the lock of <@U0OLAF> (code &lt;freeze&gt;)*: it is not carried out until the service is unlocked',
    ],
    expect.stringContaining('The service is locked (code <freeze>)'),
  ]);
  expect(shownOf(against, { hold })).toEqual([
    ['⚠ *Overrides the lock of <@U0OLAF> (code &lt;freeze&gt;)*: hotfix &lt;!channel&gt;'],
    expect.stringContaining('It overrides a lock (code <freeze>): hotfix <!channel>'),
  ]);
  expect(shownOf(against, {})).toEqual([
    ['⚠ *Overrides what stands in the way*: hotfix &lt;!channel&gt;'],
    expect.stringContaining('It overrides what stands in the way: hotfix <!channel>'),
  ]);
});

test('while it waits and while it bakes, the card says what its bake can find', () => {
  const power = { perSecond: 40, finds: { rate: 0.02, withinMs: 90_000 } };
  const sentence =
    "This bake finds an error rate of 2% or worse within 90 s at today's traffic (40 requests/s).";
  const saying = [...everyState()]
    .filter(([, release]) => card({ ...release, power }, plainView).text.includes(sentence))
    .map(([name]) => name);

  expect(saying).toEqual(expect.arrayContaining(['awaiting approval', 'baking']));
  expect(saying).not.toEqual(expect.arrayContaining(['completed']));
});
