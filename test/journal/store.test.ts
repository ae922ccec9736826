import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { judgeDrift } from '../../src/engine/judge-drift.ts';
import { actor, system } from '../../src/release/vocabulary.ts';
import { aReading, blue, green } from '../engine/a-reading.ts';
import { aRelease, aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

test('a release is what its rows say, and its lock is free when it has ended', () => {
  const store = aStore();
  const rows = aRelease().adopted().requested().approved();

  store.append(rows.drafts());

  const open = store.release('checkout-1');
  expect(open?.approvals.map(({ by }) => by)).toEqual(['U0BEN']);
  expect(store.service('checkout').open).toBe('checkout-1');
  expect(store.openReleases().map(({ id }) => id)).toEqual(['checkout-1']);

  store.append(aRelease().ended('cancelled').drafts());

  expect(store.release('checkout-1')?.state).toBe('cancelled');
  expect(store.openReleases()).toEqual([]);
  expect(store.service('checkout').open).toBeUndefined();
});

test('a second open release of a service is refused by the store, and nothing of its rows stays', () => {
  const store = aStore();
  store.append(aRelease().requested().drafts());
  const before = store.head;

  const held = { actor: actor('U0ROOT'), service: 'checkout', what: { kind: 'held', reason: 'x' } };
  const answer = store.append([held as never, ...aRelease({ number: 2 }).requested().drafts()]);

  expect(answer).toEqual({
    kind: 'locked',
    service: 'checkout',
    by: 'checkout-1',
    since: '2026-11-20T10:00:00.000Z',
  });
  expect(store.head).toEqual(before);
  expect(store.service('checkout').hold).toBeUndefined();
  expect(store.release('checkout-2')).toBeUndefined();
});

test('the same request has one effect, also after a restart', () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path });
  first.append(aRelease().requested().drafts(), 'trigger-1');
  first.close();
  const store = aStore({ path });

  const again = store.append(aRelease({ number: 2 }).requested().drafts(), 'trigger-1');

  expect(again).toEqual({ kind: 'duplicate', of: 1 });
  expect(store.head.seq).toBe(1);
});

test('a refusal does not use a request up: the same press may be allowed later', () => {
  const store = aStore();
  store.append([
    {
      actor: actor('U0ANN'),
      service: 'checkout',
      origin: { request: 'trigger-1' },
      what: { kind: 'refused', asked: 'release checkout', sentence: 'Refused: no.' },
    },
  ]);

  const appended = store.append(aRelease().requested().drafts(), 'trigger-1');

  expect(appended.kind).toBe('appended');
  expect(store.append(aRelease().approved().drafts(), 'trigger-1')).toEqual({
    kind: 'duplicate',
    of: 2,
  });
});

test('what was committed is there after a restart, all of it', () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path });
  first.append(aWholeRelease().drafts());
  first.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  const { head } = first;
  const releases = [first.release('checkout-1'), first.release('checkout-2')];
  const service = first.service('checkout');
  const rows = first.rowsOf('checkout-1');
  first.close();

  const store = aStore({ path });

  expect(store.head).toEqual(head);
  expect([store.release('checkout-1'), store.release('checkout-2')]).toEqual(releases);
  expect(store.service('checkout')).toEqual(service);
  expect(store.rowsOf('checkout-1')).toEqual(rows);
});

test('a row comes back as it was written', () => {
  const store = aStore();
  const draft = aRelease({ version: '2.0' }).requested('t-1').drafts();

  const appended = store.append(draft);

  const expected = {
    ...draft[0],
    seq: 1,
    instant: { at: '2026-11-20T10:00:00.000Z', boot: 'boot-1', mono: 1_000 },
    configDigest: 'f'.repeat(64),
    prev: '0'.repeat(64),
    hash: store.head.hash,
  };
  expect(appended).toEqual({ kind: 'appended', entries: [expected] });
  expect(store.rowsOf('checkout-1')).toEqual([expected]);
});

test('rows that another program appended are noticed, and nothing is written over them', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aRelease().requested().drafts());
  const other = new Database(path);
  other
    .prepare(
      `INSERT INTO journal (seq, at, boot, mono, kind, actor, config_digest, body, prev, hash)
       VALUES (2, 'now', 'b', 1, 'stopped', 'mallory', '', '{"why":"x"}', ?, ?)`,
    )
    .run(store.head.hash, 'a'.repeat(64));
  other.close();

  expect(() => store.append(aRelease().approved().drafts())).toThrow(
    /ends with row 2, and this process wrote up to row 1: another program wrote to it/,
  );
});

test('no row follows the end of a release but where its message stands', () => {
  const store = aStore();
  store.append(aRelease().adopted().requested().ended('cancelled').drafts());
  const { head } = store;
  const late = aRelease().effect('memory', 'green').drafts();

  const answer = store.append(late);

  expect(answer).toEqual({
    kind: 'ended',
    release: 'checkout-1',
    state: 'cancelled',
    at: '2026-11-20T10:00:00.000Z',
  });
  expect(store.head).toEqual(head);
  expect(store.service('checkout').switchedTo).toBe('blue');

  const posted = { kind: 'posted', what: 'card' } as const;
  const told = { actor: system('slack'), release: 'checkout-1', service: 'checkout', what: posted };
  expect(store.append([told]).kind).toBe('appended');
});

test('the database itself refuses a row behind the end of its release', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aRelease().adopted().requested().ended('cancelled').drafts());
  store.close();
  const db = new Database(path);
  const columns =
    'at, boot, mono, release, service, node, kind, actor, config_digest, plan_digest, body';
  const late = db.prepare(
    `INSERT INTO journal (seq, ${columns}, prev, hash)
     SELECT seq + 1, at, boot, mono, release, service, node, 'intent', actor, config_digest, plan_digest, body, hash, printf('%064d', 7)
     FROM journal ORDER BY seq DESC LIMIT 1`,
  );

  expect(() => late.run()).toThrow('the release has ended: no row of it follows');
  db.close();
});

test('a release does not end while it is not known how an effect of it ended', () => {
  const store = aStore();
  const rows = aRelease().adopted().requested().effect('memory', 'green').drafts();
  store.append(rows.slice(0, 4));

  expect(() => store.append(aRelease().ended('failed').drafts())).toThrow(
    'checkout-1 cannot end while it is not known how these effects ended: rows 3, 4.',
  );
  expect(store.release('checkout-1')?.state).toBe('requested');
});

test('with no release open a service shall have what was accepted, whatever was sent last', () => {
  const store = aStore();
  store.append(aRelease().adopted().requested().effect('memory', 'green').drafts());
  const during = store.service('checkout').switchedTo;

  store.append(aRelease().ended('failed').drafts());

  const state = store.service('checkout');
  const facts = { state, open: undefined, traits: { disk: 'at_acceptance' } } as const;
  expect([during, state.switchedTo]).toEqual(['green', 'blue']);
  expect(judgeDrift(aReading({ memory: green, disk: blue }), facts)).toMatchObject({
    verdict: 'drifted',
    sentence: 'lb-1 has green in memory, not blue.',
  });
});
