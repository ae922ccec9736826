import { expect, test } from 'vitest';
import type { Draft } from '../../src/release/journal-entry.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { TestClock } from '../support/clock.ts';
import { aRelease, type ReleaseRows } from '../support/journal-rows.ts';
import { aStore } from '../support/journal-store.ts';

/** A store whose rows are written a minute apart, from 10:00 on. */
function aDay() {
  const clock = new TestClock('2026-11-20T10:00:00.000Z');
  const store = aStore({ clock });
  const write = (drafts: readonly Draft[]): void => {
    store.append(drafts);
    clock.advance(60_000);
  };
  const tell = (rows: ReleaseRows): void => write(rows.drafts(store.head.seq + 1));
  const at = (minute: number): string =>
    new Date(Date.parse('2026-11-20T10:00:00.000Z') + minute * 60_000).toISOString();
  return { clock, store, write, tell, at };
}

test('which side was live is asked by time: adopted, switched, taken back, switched for good', () => {
  const { store, tell, at } = aDay();
  tell(aRelease().adopted());
  const first = { number: 1, version: '2.0' };
  tell(aRelease(first).requested());
  tell(aRelease(first).switched());
  tell(aRelease(first).goingBack());
  tell(aRelease(first).effect('memory', 'blue').ended('rolled_back'));
  const second = { number: 2, version: '2.1', requester: 'U0EVE' };
  tell(aRelease(second).requested());
  tell(aRelease(second).switched());
  tell(aRelease(second).accepted('U0BOSS').ended());

  const said = [0, 1, 2, 3, 4, 5, 6, 7].map((minute) => {
    const live = store.liveAt('checkout', at(minute));
    return `${live?.side} ${live?.version ?? '?'} by ${live?.by} ${live?.release ?? ''}`.trim();
  });

  expect(said).toEqual([
    'blue ? by system:adopt',
    'blue ? by system:adopt',
    'green 2.0 by U0ANN checkout-1',
    'green 2.0 by U0ANN checkout-1',
    'blue ? by system:bake checkout-1',
    'blue ? by system:bake checkout-1',
    'green 2.1 by U0EVE checkout-2',
    'green 2.1 by U0EVE checkout-2',
  ]);
  expect(store.liveAt('checkout', '2026-11-20T09:59:59.999Z')).toBeUndefined();
  expect(store.liveAt('billing', at(7))).toBeUndefined();
});

test('the answer names the row with which the side came', () => {
  const { store, tell, at } = aDay();
  tell(aRelease().adopted());
  tell(aRelease().requested().switched());

  expect(store.liveAt('checkout', at(1))).toEqual({
    side: 'green',
    by: 'U0ANN',
    at: at(1),
    release: 'checkout-1',
    seq: 6,
  });
});

test('while only part of the fleet was switched, the side before still counts', () => {
  const { store, tell, write, at } = aDay();
  tell(aRelease().adopted());
  const rows = aRelease()
    .requested()
    .effect('memory', 'green')
    .drafts(store.head.seq + 1);
  write(rows.slice(0, -1));
  write(rows.slice(-1));

  expect([1, 2].map((minute) => store.liveAt('checkout', at(minute))?.side)).toEqual([
    'blue',
    'green',
  ]);
});

test('settled by an operator, it is their hand', () => {
  const { store, tell, at } = aDay();
  tell(aRelease().adopted());
  tell(aRelease().requested().switched());
  tell(
    aRelease()
      .then({ kind: 'settling', side: 'blue', reason: 'green is broken' }, 'U0ROOT')
      .effect('memory', 'blue')
      .then({ kind: 'settled', side: 'blue' }, 'U0ROOT')
      .ended('failed'),
  );

  expect(store.liveAt('checkout', at(2))).toMatchObject({ side: 'blue', by: 'U0ROOT' });
});

test('history is answered newest first, a sentence each, by service, time and person', () => {
  const { store, tell, write, at } = aDay();
  tell(aRelease().requested());
  tell(aRelease().approved('U0BEN'));
  tell(aRelease({ service: 'billing' }).requested());
  write([
    { actor: actor('U0BEN'), service: 'billing', what: { kind: 'held', reason: 'stock-taking' } },
  ]);

  const sentences = (ask: Parameters<typeof store.history>[0]) =>
    store.history(ask).map(({ seq, sentence }) => `#${seq} ${sentence}`);

  expect(sentences({ limit: 10, service: 'checkout' })).toEqual([
    '#2 checkout-1: approved as approver',
    '#1 checkout-1: asked for blue → green',
  ]);
  expect(sentences({ limit: 10, actor: actor('U0BEN') })).toEqual([
    '#4 billing: locked: stock-taking',
    '#2 checkout-1: approved as approver',
  ]);
  expect(sentences({ limit: 10, sinceIso: at(2) })).toHaveLength(2);
  expect(sentences({ limit: 1 })).toEqual(['#4 billing: locked: stock-taking']);
  expect(sentences({ limit: 1, beforeSeq: 4 })).toEqual(['#3 billing-1: asked for blue → green']);
  expect(store.history({ limit: 1, beforeSeq: 2 })).toEqual([
    {
      seq: 1,
      at: at(0),
      service: 'checkout',
      release: 'checkout-1',
      actor: 'U0ANN',
      sentence: 'checkout-1: asked for blue → green',
    },
  ]);
});

test('a wall clock that was set back changes no order', () => {
  const { clock, store, tell } = aDay();
  tell(aRelease().requested());
  clock.setWall('2020-01-01T00:00:00.000Z');
  tell(aRelease().approved());

  expect(store.rowsOf('checkout-1').map(({ what }) => what.kind)).toEqual([
    'requested',
    'approved',
  ]);
  expect(store.history({ limit: 5 }).map(({ seq }) => seq)).toEqual([2, 1]);
  expect(store.rowsSince(1).map(({ seq }) => seq)).toEqual([2]);
});
