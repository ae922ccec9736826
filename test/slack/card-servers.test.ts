import type { ActionsBlock, Button, TableBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { foldRelease } from '../../src/release/fold-release.ts';
import type { Entry, Happening } from '../../src/release/journal-entry.ts';
import type { Release } from '../../src/release/release.ts';
import { makeRollingPlan } from '../../src/release/servers-plan.ts';
import { actor, backendName, nodeName, serverName } from '../../src/release/vocabulary.ts';
import { announcementMessage } from '../../src/slack/announcement-message.ts';
import { card } from '../../src/slack/card.ts';
import { CardDesk } from '../../src/slack/card-desk.ts';
import type { CardView } from '../../src/slack/card-view.ts';
import { usualTimings } from '../../src/timing/timings.ts';
import { TestClock } from '../support/clock.ts';
import { noon } from './a-release.ts';

const names = ['b1', 'b2', 'b3'].map(serverName);
const nodes = ['lb-1', 'lb-2'].map(nodeName);
const plan = makeRollingPlan(
  {
    target: {
      kind: 'servers',
      backend: backendName('app'),
      servers: names,
      batch: 1,
      nodes: nodes.map((node) => ({ node, runtime: 'unix:///run/x.sock', frontend: 'http://x' })),
    },
    observed: nodes.flatMap((node) =>
      names.map((server) => ({ node, server, state: 'ready' as const })),
    ),
  },
  {
    name: 'shop',
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 5_000 },
    drain: { timeoutMs: 5_000, then: 'wait' },
    digest: 'd'.repeat(64),
  },
);

function after(...rows: readonly (Happening & { readonly on?: string })[]): Release {
  const all: (Happening & { readonly on?: string })[] = [
    { kind: 'requested', number: 1, plan },
    { kind: 'stage_entered', stage: 'switching' },
    ...rows,
  ];
  const release = all.reduce<Release | undefined>((before, { on, ...what }, i) => {
    const entry = {
      seq: i + 1,
      instant: noon,
      actor: actor('U0RITA'),
      release: 'shop-1',
      service: 'shop',
      ...(on === undefined ? {} : { node: nodeName(on) }),
      what,
      hash: 'a'.repeat(64),
    } as unknown as Entry;
    return foldRelease(before, entry);
  }, undefined);
  if (release === undefined) throw new Error('no release');
  return release;
}

const view: CardView = {};
const b2Drain = [{ server: serverName('b2'), state: 'drain' as const }];
const second: readonly (Happening & { readonly on?: string })[] = [
  { kind: 'batch_entered', batch: 0, phase: 'drain' },
  { kind: 'batch_done', batch: 0 },
  { kind: 'batch_entered', batch: 1, phase: 'drain' },
  { kind: 'servers_intent', effect: 'state', settings: b2Drain, why: 'as planned', on: 'lb-1' },
  { kind: 'servers_result', intent: 6, outcome: 'applied', sentence: 'Read back.' },
];

function tableOf(release: Release): readonly string[] {
  const found = card(release, view).blocks?.find((block) => block.type === 'table') as TableBlock;
  return found.rows.map((row) =>
    row.map((cell) => ('text' in (cell ?? {}) ? (cell as { text: string }).text : '')).join(' | '),
  );
}

function buttonsOf(release: Release): readonly string[] {
  const found = card(release, view).blocks?.find((block) => block.type === 'actions');
  return ((found as ActionsBlock | undefined)?.elements ?? []).map(
    (element) => (element as Button).text.text,
  );
}

test('the card of a rolling release has a row per server: done, under way, and still to come', () => {
  const release = after(...second);

  expect(tableOf(release)).toEqual([
    'Server | Progress | State',
    'b1 | ✓ done | ready',
    'b2 | ▶ set to drain | lb-1 drain, lb-2 ready',
    'b3 | waits | ready',
  ]);
  expect(buttonsOf(release)).toEqual(['Roll back']);
});

test('what single servers were before the last write to them is not shown', () => {
  const release = after(...second);
  const desk = new CardDesk({
    clock: new TestClock(),
    timings: usualTimings,
    headOf: () => (release.nodesSeq ?? 0) - 1,
  });
  desk.note(release.id, {
    text: 'Waits for b2',
    servers: [{ kind: 'unreachable', node: nodeName('lb-1'), why: 'connection refused' }],
  });

  const old = desk.render(release, undefined);

  expect(JSON.stringify(old.blocks)).not.toContain('unreachable');
  expect(old.text).not.toContain('Nodes read');
});

test('while sessions are left after the deadline a person is asked', () => {
  const release = after(...second, {
    kind: 'drain_deadline',
    sessions: 2,
    stragglers: ['lb-1: b2 (127.0.0.1:80): 2 sessions'],
    deadline: noon,
  });

  expect(buttonsOf(release)).toEqual(['Wait', 'Shut down sessions', 'Roll back']);
  expect(card(release, view).text).toContain('2 sessions left on app. Wait, or shut them down?');
});

test('a rolling release that stopped offers to go on or to go back, and no side to settle on', () => {
  const release = after(...second, {
    kind: 'needs_attention',
    why: 'b2 did not come back healthy in time.',
    byHand: ['echo "set server app/b2 state ready" | socat stdio /run/x.sock'],
  });

  expect(buttonsOf(release)).toEqual(['Re-apply', 'Roll back']);
  const { text } = card(release, view);
  expect(text).toContain('Re-apply goes on from there; Roll back puts back what is out.');
  expect(text).not.toContain('settle');
});

test('a release of single servers that has ended has no button', () => {
  const ended = { sentence: 'Taken back.', durationMs: 10 } as const;
  const release = after(...second, { kind: 'ended', state: 'aborted', ...ended });

  expect(buttonsOf(release)).toEqual([]);
  expect(tableOf(release)[2]).toBe('b2 | stopped here, put back | lb-1 drain, lb-2 ready');
});

test('a server that a reload let in again is told with Re-apply, and nothing to accept', () => {
  const told = announcementMessage(
    { kind: 'channel', service: 'shop', text: 'lb-1 was reloaded.', again: true },
    { nodesOf: () => 2, nodes: 2 },
  );

  const actions = told.blocks?.find((block) => block.type === 'actions') as ActionsBlock;
  expect(actions.elements).toMatchObject([
    {
      action_id: 're_apply',
      value: 'shop',
      confirm: { text: { text: 'shop: every server is set to what it should be, on 2 nodes' } },
    },
  ]);
});
