import { expect, test } from 'vitest';
import type { OutboxItem } from '../../src/engine/ports.ts';
import type { Announce } from '../../src/journal/ledger.ts';
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

const short = ({ id, seq, announcement, inDoubt }: OutboxItem) =>
  `${id} ${announcement.kind} #${seq}${inDoubt ? ' in doubt' : ''}`;

test('cards of a release wait as one, before what stands in its thread and with the newest row', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().approved().switched().drafts());
  store.append(aRelease({ service: 'billing' }).requested().drafts());

  expect(store.pending().map(short)).toEqual(['1 card #7', '3 note #2', '9 card #8']);
});

test('a taken card takes the older news with it; a card of later news waits on its own', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().approved().drafts());

  store.take(1);

  expect(store.pending().map(short)).toEqual(['3 note #2']);

  store.append(aRelease().approved('U0EVE').drafts());

  expect(store.pending().map(short)).toEqual(['3 note #2', '4 card #3', '5 note #3']);

  store.putBack(1);

  expect(store.pending().map(short)).toEqual(['1 card #3', '3 note #2', '5 note #3']);
});

test('what was told is done, and where it stands is a row of the same transaction', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ announce, path });
  store.append(aRelease().requested().drafts());
  store.take(1);

  store.sent(
    1,
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

test('an item that ends without a place writes no row', () => {
  const store = aStore({ announce });
  store.append(aRelease().requested().drafts());

  store.sent(1, null);

  expect(store.pending()).toEqual([]);
  expect(store.head.seq).toBe(1);
});

test('what was under way at a kill is in doubt after the start; what was put back is not', () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path, announce });
  first.append(aRelease().requested().approved().drafts());
  first.take(1);
  first.take(3);
  first.putBack(3);
  first.close();

  const store = aStore({ path, announce });

  expect(store.pending().map(short)).toEqual(['1 card #2 in doubt', '3 note #2']);
});

test('an item that is not waiting cannot be taken', () => {
  expect(() => aStore().take(7)).toThrow('The outbox has no waiting item 7.');
});
