import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Draft, Happening } from '../../../src/release/journal-entry.ts';
import { nodeName } from '../../../src/release/vocabulary.ts';
import { aRelease, aWholeRelease, type ReleaseRows } from '../../support/journal-rows.ts';
import { aStore } from '../../support/journal-store.ts';
import type { Holds } from './grounds/ground.ts';
import { judgeAtRest } from './judge.ts';
import { untoldDrift } from './judge-drift.ts';
import { judgeEnds } from './judge-ends.ts';

// The judge is what all kill runs rest on: each of its rules is fed a journal that breaks it.

const green: Holds = { memory: 'green', disk: 'green' };
const names = ['lb-1', 'lb-2'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-judged-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Rows as they would be numbered. */
function numbered(rows: ReleaseRows) {
  return rows.drafts().map((draft, i) => ({ ...draft, seq: i + 1 }));
}

const drift = (what: string, node = 'lb-2'): Draft => ({
  actor: 'system:drift' as Draft['actor'],
  service: 'checkout',
  node: nodeName(node),
  what: { kind: 'drift_seen', what, sentence: `${node} is on blue, not green.` },
});

describe('the end of a release', () => {
  test('a whole release, and where its message stands behind the end, break nothing', () => {
    const rows = aWholeRelease().then({ kind: 'posted', what: 'card' });

    expect(judgeEnds(numbered(rows))).toEqual([]);
  });

  test.each<[string, Happening]>([
    ['a stage', { kind: 'stage_entered', stage: 'draining' }],
    ['an intent', { kind: 'intent', effect: 'memory', to: 'green', why: 'late' }],
    ['a hook', { kind: 'hook_output', hook: 1, text: 'late' }],
  ])('%s behind the end is found', (_, what) => {
    const rows = aWholeRelease();
    const end = rows.drafts().length;

    expect(judgeEnds(numbered(rows.then(what)))).toEqual([
      `I9: row ${end + 1} (${what.kind}) follows the end of checkout-1`,
    ]);
  });

  test.each<[string, Happening]>([
    ['a switch', { kind: 'intent', effect: 'memory', to: 'green', why: 'switch' }],
    ['single servers', { kind: 'servers_intent', effect: 'state', settings: [], why: 'batch' }],
    [
      'a hook',
      {
        kind: 'hook_started',
        point: 'deploy',
        attempt: 1,
        command: 'x',
        pointOfNoReturn: false,
      },
    ],
  ])('%s that is open at the end is found, also where it is closed behind it', (_, what) => {
    const rows = aRelease().requested().then(what).ended('failed');
    const late = { kind: 'reconciled', effect: 'memory', found: { kind: 'none' } } as const;

    const found = judgeEnds(numbered(rows));
    const closedLate = judgeEnds(numbered(rows.then({ ...late, intent: 2, sentence: '' })));

    expect(found).toEqual(['I3: checkout-1 has ended with the open effect 2']);
    expect(closedLate).toContain('I3: checkout-1 has ended with the open effect 2');
  });

  test('an unknown result closes nothing; the reading behind it does', () => {
    const effect = { effect: 'memory', intent: 1 } as const;
    const rows = aRelease()
      .requested()
      .then({ kind: 'intent', effect: 'memory', to: 'green', why: 'switch' })
      .then({ ...effect, kind: 'result', outcome: 'unknown', sentence: '', intent: 2 });

    expect(judgeEnds(numbered(rows.ended('failed')))).toEqual([
      'I3: checkout-1 has ended with the open effect 2',
    ]);
  });
});

describe('at rest', () => {
  /** What the judge finds of a journal on nodes that hold this. */
  async function judged(drafts: readonly Draft[], held: readonly Holds[], open = 0) {
    const store = aStore({ path: join(folder, 'pointsman.db') });
    store.append(drafts);
    const releases = store.openReleases();
    store.close();
    expect(releases).toHaveLength(open);
    return judgeAtRest({ names, held: async () => held }, folder, releases);
  }

  test('memory = disk = accepted on every node breaks nothing', async () => {
    expect(await judged(aWholeRelease().drafts(1), [green, green])).toEqual([]);
  });

  test('a node on another side, in memory or on disk, is found', async () => {
    const held = [
      { ...green, memory: 'blue' as const },
      { ...green, disk: 'blue' as const },
    ];

    expect(await judged(aWholeRelease().drafts(1), held)).toEqual([
      'I1: lb-1 has blue, the rows want green',
      'I7: lb-2 has blue on disk, the rows want green',
    ]);
  });
});

describe('with no release open a node that is off', () => {
  const expected = { memory: 'green', disk: 'green' } as const;
  const held = [green, { memory: 'blue', disk: 'green' }] as const;
  const rowsWith = (...drafts: readonly Draft[]) => {
    const store = aStore({ path: join(folder, 'pointsman.db') });
    store.append(aWholeRelease().drafts(1));
    store.append(drafts);
    const rows = store.rowsSince(0);
    store.close();
    return rows;
  };

  test('is a violation where nobody is told', () => {
    expect(untoldDrift({ names, held }, expected, rowsWith(), [])).toEqual([
      'I1: lb-2 has blue, the rows want green, and nobody was told',
    ]);
  });

  test('is none where the newest word on it says so, to people', () => {
    const rows = rowsWith(drift('memory'));

    expect(untoldDrift({ names, held }, expected, rows, [rows.at(-1)?.seq ?? 0])).toEqual([]);
  });

  test.each([
    ['was told of, and told to be back since', [drift('memory'), drift('back')]],
    ['is not the one that was told of', [drift('memory', 'lb-1')]],
  ])('is a violation where it %s', (_, drafts) => {
    const rows = rowsWith(...drafts);
    const announced = rows.map(({ seq }) => seq);

    expect(untoldDrift({ names, held }, expected, rows, announced)).toHaveLength(1);
  });
});
