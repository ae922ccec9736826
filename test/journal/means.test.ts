import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { JournalUnwritable } from '../../src/journal/errors.ts';
import { JournalKey } from '../../src/journal/journal-key.ts';
import { Mirror } from '../../src/journal/mirror.ts';
import { type Head, makeRow, type Row } from '../../src/journal/row.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { Draft } from '../../src/release/journal-entry.ts';
import { actor, system } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, anOpenedStore, aStore } from '../support/journal-store.ts';

/** A store with a switched release, and another program that takes the database's write lock. */
function aSwitchedRelease() {
  const path = `${aFolder()}/p.db`;
  const said: string[] = [];
  const store = aStore({ path, say: (sentence) => said.push(sentence) });
  store.append(aRelease().adopted().requested().switched().drafts());
  const other = new Database(path);
  onTestFinished(() => {
    other.close();
  });
  return {
    path,
    store,
    said,
    block: () => other.exec('BEGIN IMMEDIATE'),
    unblock: () => other.exec('ROLLBACK'),
  };
}

const back = () => aRelease().goingBack();
const after = (first: number) =>
  aRelease().effect('memory', 'blue').ended('rolled_back').drafts(first);

test('while the database takes no rows, going back is journaled in the mirror, and nothing else is', () => {
  const { path, store, said, block } = aSwitchedRelease();
  block();

  expect(() => store.append(aRelease({ service: 'billing' }).requested().drafts())).toThrow(
    JournalUnwritable,
  );
  store.append(back().drafts(), 'r-1');
  store.append(after(store.head.seq + 1));

  expect(store.release('checkout-1')?.state).toBe('rolled_back');
  expect(store.openReleases()).toEqual([]);
  expect(store.rowsOf('checkout-1').at(-1)?.what.kind).toBe('ended');
  expect(store.append(back().drafts(), 'r-1')).toMatchObject({ kind: 'duplicate' });
  expect(readFileSync(`${path}.mirror.jsonl`, 'utf8').split('\n')).toHaveLength(3);
  expect(said).toEqual([
    `The database takes no rows (database is locked): going back is journaled in ${path}.mirror.jsonl until it does.`,
  ]);
  expect(verifyJournal(path, [store.head])).toMatchObject({
    kind: 'verified',
    rows: store.head.seq,
  });
});

test('when the database takes rows again they are moved into it, with what was told meanwhile', () => {
  const { path, store, said, block, unblock } = aSwitchedRelease();
  block();
  store.append(back().drafts());
  const [card, ...older] = store.waiting(0, 100);
  if (card === undefined) throw new Error('no card waits');
  store.take(card, older);
  store.sent(card, { channel: 'C1', ts: '1.5' });
  store.append(after(store.head.seq + 1));
  const { head } = store;
  const waiting = store.pending();
  unblock();

  store.append(aRelease({ service: 'billing' }).requested().drafts());

  expect(store.head.seq).toBe(head.seq + 1);
  expect(existsSync(`${path}.mirror.jsonl`)).toBe(false);
  expect(said.at(-1)).toBe('The database takes rows again: 6 rows moved into it from the mirror.');
  expect(waiting.map(({ seq }) => seq)).toEqual([9, 10, 11, 12, 13]);
  expect(store.pending().slice(0, waiting.length)).toEqual(waiting);
  expect(store.pending()[waiting.length]?.announcement).toEqual({
    kind: 'card',
    release: 'billing-1',
  });
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});

/** A store with a switched release whose way back waits in the mirror, and whose program has died. */
function aWaitingMirror() {
  const { path, store, block, unblock } = aSwitchedRelease();
  block();
  store.append(back().drafts());
  const { head } = store;
  store.close();
  unblock();
  return { path, mirror: `${path}.mirror.jsonl`, head };
}

/** The next start: its store, and what it heard of the mirror. */
function aNextStart(path: string) {
  const said: string[] = [];
  const store = anOpenedStore({ path, say: (sentence) => said.push(sentence) });
  const moving = store.takeUp();
  let step = moving.next();
  while (step.done !== true) step = moving.next();
  return { store, said, findings: step.value.map(({ sentence }) => sentence) };
}

test('rows that wait in the mirror when the program dies are taken up at the next start', () => {
  const { path, mirror, head } = aWaitingMirror();
  writeFileSync(mirror, '[{"seq":99,"torn', { flag: 'a' });

  const { store, said, findings } = aNextStart(path);

  expect(store.head).toEqual(head);
  expect(said).toEqual(['The database takes rows again: 1 row moved into it from the mirror.']);
  expect(findings).toEqual([]);
  expect(store.release('checkout-1')?.goingBack?.by).toBe('system:bake');
  expect(store.waiting(head.seq * 8 - 1, 10)).toMatchObject([{ seq: head.seq, inDoubt: true }]);
  expect(existsSync(mirror)).toBe(false);
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});

test('a large mirror is moved in steps, and an import that was cut off goes on at the next start', () => {
  const { path, head } = aWaitingMirror();
  const rows: Row[] = [];
  for (let last: Head = head; rows.length < 170; last = rows.at(-1) ?? last) rows.push(aStop(last));
  new Mirror(path, JournalKey.of(path)).append(rows);
  const cut = anOpenedStore({ path });
  const moving = cut.takeUp();
  const heads = [1, 2, 3].map(() => {
    moving.next();
    return cut.head.seq;
  });
  cut.close();

  const { store, findings } = aNextStart(path);

  expect(heads).toEqual([head.seq, head.seq + 50, head.seq + 100]);
  expect(findings).toEqual([]);
  expect(store.head).toMatchObject({ seq: head.seq + 170, hash: rows.at(-1)?.hash });
  expect(existsSync(`${path}.mirror.jsonl`)).toBe(false);
  expect(verifyJournal(path).kind).toBe('verified');
});

test('nothing is written before what waits in the mirror', () => {
  const { path } = aWaitingMirror();
  const store = anOpenedStore({ path });

  expect(store.mirrorWaits).toBe(true);
  expect(() => store.append(back().drafts())).toThrow('they come first');
});

test('a mirror that another database wrote is put aside, not believed, and people are told', () => {
  const { path, mirror } = aWaitingMirror();
  const forged = readFileSync(mirror, 'utf8').replace('system:bake', 'system:cake');
  writeFileSync(mirror, forged);

  const { store, findings } = aNextStart(path);

  expect(store.release('checkout-1')?.goingBack).toBeUndefined();
  expect(findings).toEqual([
    `The mirror ${mirror} holds rows without the mark of its key from line 1 on: Pointsman did not write them, or its key was lost. They were not imported; they stand in ${mirror}.unfit. \`pointsman status\` shows where the nodes are.`,
  ]);
  expect(readFileSync(`${mirror}.unfit`, 'utf8')).toBe(forged);
  expect(existsSync(mirror)).toBe(false);
  expect(verifyJournal(path).kind).toBe('verified');
});

/** A row that follows the journal's last one, as whoever can read the journal could make it. */
function aFollowing(path: string, draft: Draft): Row {
  const store = aStore({ path });
  const { head } = store;
  store.close();
  return makeRow(draft, head, { at: '2026-11-20T12:00:00.000Z', boot: 'b', mono: 1 }, 'f');
}

test('rows that somebody plants are not imported, also where they follow the journal', () => {
  const { path, store } = aSwitchedRelease();
  store.close();
  const hold = {
    actor: actor('U0ROOT'),
    service: 'checkout',
    what: { kind: 'unheld', reason: 'mine' },
  } as const;
  const planted = aFollowing(path, hold);
  const mirror = `${path}.mirror.jsonl`;
  const mark = 'ab'.repeat(32);
  for (const text of [[planted], { mark, rows: [planted] }]) {
    writeFileSync(mirror, `${JSON.stringify(text)}\n`);

    expect(verifyJournal(path).kind).toBe('broken');
    const next = aNextStart(path);

    expect(next.store.head.seq).toBe(planted.seq - 1);
    expect(next.findings[0]).toMatch(/^The mirror .* without the mark of its key from line 1 on/);
    next.store.close();
  }
});

test('a row that begins something is not imported, even with the mark of the key', () => {
  const { path, store } = aSwitchedRelease();
  store.close();
  const planted = aFollowing(path, {
    actor: actor('U0ROOT'),
    service: 'checkout',
    what: { kind: 'held', reason: 'mine' },
  });
  new Mirror(path, JournalKey.of(path)).append([planted]);

  const next = aNextStart(path);

  expect(next.store.service('checkout').hold).toBeUndefined();
  expect(next.findings[0]).toContain('holds rows that begin something (row 8 and after)');
});

test.each([
  ['does not follow', ({ seq }: Head) => aStop({ seq, hash: 'f'.repeat(64) })],
  ['is not what its hash was made of', (head: Head) => ({ ...aStop(head), actor: 'U0EVE' })],
])('a row that %s is put aside, and what comes before it counts', (_, rowAfter) => {
  const { path, mirror, head } = aWaitingMirror();
  new Mirror(path, JournalKey.of(path)).append([rowAfter(head)]);

  const { store, findings } = aNextStart(path);

  expect(store.head).toEqual(head);
  expect(findings[0]).toContain(
    `The mirror ${mirror} holds rows that do not follow the journal (was it restored from a backup?).`,
  );
});

function aStop(head: Head): Row {
  return makeRow(
    { actor: system('test'), what: { kind: 'stopped', why: 'x' } },
    head,
    { at: '2026-11-20T12:00:00.000Z', boot: 'b', mono: 1 },
    'f',
  );
}

test('while the database takes no rows a start goes on from the mirror, without what was planted behind it', () => {
  const { path, mirror, head } = aWaitingMirror();
  writeFileSync(mirror, 'dear diary\n', { flag: 'a' });
  const store = anOpenedStore({ path });
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');

  for (const _ of store.takeUp());
  store.append(after(store.head.seq + 1));

  expect(store.release('checkout-1')?.state).toBe('rolled_back');
  const lines = readFileSync(mirror, 'utf8').split('\n');
  expect(lines).toHaveLength(3);
  expect(lines.join()).not.toContain('diary');
  other.exec('ROLLBACK');
  other.close();
  const { head: last } = store;
  store.close();
  expect(last.seq).toBeGreaterThan(head.seq);
  expect(aNextStart(path).store.head).toEqual(last);
});

test('what the mirror cannot take either is refused, and nothing is remembered of it', () => {
  const { path, store, block } = aSwitchedRelease();
  block();
  mkdirSync(`${path}.mirror.jsonl`);
  const { head } = store;

  expect(() => store.append(back().drafts())).toThrow(
    /could not be written, nor its mirror, so nothing was done: EISDIR/,
  );

  expect(store.head).toEqual(head);
  expect(store.release('checkout-1')?.goingBack).toBeUndefined();
});

test('a rollback of an accepted release may use the mirror, a release asked for forward may not', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aRelease().adopted().requested().switched().accepted().ended().drafts());
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const rollback = aRelease({ number: 2, kind: 'rollback', from: 'green' });
  const forward = aRelease({ number: 2, from: 'green' });

  expect(() => store.append(forward.requested().drafts())).toThrow(JournalUnwritable);
  expect(store.append(rollback.requested().accepted().drafts()).kind).toBe('appended');
  expect(
    store.append(
      aRelease({ number: 2, kind: 'rollback', from: 'green' })
        .effect('memory', 'blue')
        .drafts(store.head.seq + 1),
    ).kind,
  ).toBe('appended');
  other.close();
});
