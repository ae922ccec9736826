import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { OutboxItem } from '../../src/engine/ports.ts';
import type { Announce } from '../../src/journal/message-words.ts';
import type { Store } from '../../src/journal/store.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { system } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

/** A card for every row of a release, and a note for an approval. */
const announce: Announce = ({ what, actor }, release) =>
  release === undefined
    ? []
    : [
        ...(what.kind === 'posted' ? [] : [{ kind: 'card' as const, release: release.id }]),
        ...(what.kind === 'approved'
          ? [{ kind: 'note' as const, release: release.id, text: `${actor} approved.` }]
          : []),
      ];

const short = ({ seq, kind, inDoubt }: OutboxItem) =>
  `${kind} #${seq}${inDoubt ? ' in doubt' : ''}`;

/** The waiting message of a row. */
function messageOf(store: Store, words: string): OutboxItem {
  const item = store.waiting(0, 100).find((waiting) => short(waiting) === words);
  if (item === undefined) throw new Error(`no ${words} waits`);
  return item;
}

test('every message of a row waits, oldest first, from the one on that is asked for', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().approved().drafts());
  store.append(aRelease({ service: 'billing' }).requested().drafts());

  const [first] = store.waiting(0, 1);

  expect(store.waiting(0, 100).map(short)).toEqual(['card #1', 'card #2', 'note #2', 'card #3']);
  expect(store.waiting(first?.id ?? 0, 2).map(short)).toEqual(['card #2', 'note #2']);
  expect(store.pending().map(({ announcement }) => announcement)).toEqual([
    { kind: 'card', release: 'checkout-1' },
    { kind: 'card', release: 'checkout-1' },
    { kind: 'note', release: 'checkout-1', text: 'U0BEN approved.' },
    { kind: 'card', release: 'billing-1' },
  ]);
});

test('a taken card takes the newer cards with it; a card of later news waits on its own', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().approved().drafts());
  const first = messageOf(store, 'card #1');

  store.take(first, [messageOf(store, 'card #2')]);

  expect(store.waiting(0, 100).map(short)).toEqual(['note #2']);

  store.append(aRelease().approved('U0EVE').drafts());
  store.putBack(first);

  expect(store.waiting(0, 100).map(short)).toEqual(['card #1', 'note #2', 'card #3', 'note #3']);
});

test('what was told is done, and where it stands is a row of the same transaction', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ announce, path });
  store.append(aRelease().requested().drafts());
  const card = messageOf(store, 'card #1');
  store.take(card);

  store.sent(
    card,
    { channel: 'C1', ts: '17.5' },
    {
      actor: system('slack'),
      release: 'checkout-1',
      service: 'checkout',
      origin: { channel: 'C1', message: '17.5' },
      what: { kind: 'posted', what: 'card' },
    },
  );

  expect(store.pending()).toEqual([]);
  expect(store.release('checkout-1')?.message).toEqual({ channel: 'C1', ts: '17.5' });
  expect(store.rowsOf('checkout-1').at(-1)?.what).toEqual({ kind: 'posted', what: 'card' });
  expect(verifyJournal(path).kind).toBe('verified');
});

test('a message that ends without a place writes no row', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().drafts());

  store.sent(messageOf(store, 'card #1'), null);

  expect(store.pending()).toEqual([]);
  expect(store.head.seq).toBe(1);
});

test('what was under way at a kill is in doubt after the start; what was put back is not', () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path, announce });
  first.append(aRelease().requested().approved().drafts());
  const note = messageOf(first, 'note #2');
  first.take(messageOf(first, 'card #1'), [messageOf(first, 'card #2')]);
  first.take(note);
  first.putBack(note);
  first.close();

  const store = aStore({ path, announce });

  expect(store.waiting(0, 100).map(short)).toEqual(['card #1 in doubt', 'note #2']);
});

test('words are made of the row: after a start they are the same, whoever wrote into the outbox meanwhile', () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path, announce });
  first.append(aRelease().requested().approved().drafts());
  const before = first.pending();
  first.close();
  const db = new Database(path);
  // A message of a row that has none, a second note of one that has one, a row that is not there.
  db.exec(
    "INSERT INTO outbox (id, kind) VALUES (1 * 8 + 5, 'broadcast'), (2 * 8 + 2, 'note'), (99 * 8, 'notice')",
  );
  db.exec("UPDATE outbox SET kind = 'broadcast' WHERE id = 2 * 8 + 1");
  db.close();

  const store = aStore({ path, announce });

  expect(store.waiting(0, 100)).toHaveLength(5);
  expect(store.pending()).toEqual(before.filter(({ kind }) => kind === 'card'));
});
