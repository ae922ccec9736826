import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { JournalUnwritable } from '../../src/journal/errors.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

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
  expect(said.at(-1)).toBe('The database takes rows again: 6 were moved into it from the mirror.');
  expect(waiting.map(({ seq }) => seq)).toEqual([9, 10, 11, 12, 13]);
  expect(store.pending().slice(0, waiting.length)).toEqual(waiting);
  expect(store.pending()[waiting.length]?.announcement).toEqual({
    kind: 'card',
    release: 'billing-1',
  });
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});

test('rows that wait in the mirror when the program dies are taken up at the next start', () => {
  const { path, store, block, unblock } = aSwitchedRelease();
  block();
  store.append(back().drafts());
  const { head } = store;
  store.close();
  unblock();
  writeFileSync(`${path}.mirror.jsonl`, '[{"seq":99,"torn', { flag: 'a' });

  const again = aStore({ path });

  expect(again.head).toEqual(head);
  expect(again.notes).toEqual([
    'The database takes rows again: 1 were moved into it from the mirror.',
  ]);
  expect(again.release('checkout-1')?.goingBack?.by).toBe('system:bake');
  expect(existsSync(`${path}.mirror.jsonl`)).toBe(false);
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});

test('a mirror that does not follow the journal is put aside, not believed', () => {
  const { path, store, block, unblock } = aSwitchedRelease();
  block();
  store.append(back().drafts());
  store.close();
  unblock();
  const mirror = `${path}.mirror.jsonl`;
  const forged = readFileSync(mirror, 'utf8').replace('system:bake', 'system:cake');
  writeFileSync(mirror, forged);

  const again = aStore({ path });

  expect(again.release('checkout-1')?.goingBack).toBeUndefined();
  expect(again.notes[0]).toContain(`They stand in ${mirror}.unfit`);
  expect(readFileSync(`${mirror}.unfit`, 'utf8')).toBe(forged);
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
