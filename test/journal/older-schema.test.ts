import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { backupJournal } from '../../src/journal/backup.ts';
import { type Migration, shippedMigrations } from '../../src/journal/migrate.ts';
import { restoreJournal } from '../../src/journal/restore.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { announce } from '../../src/release/announce.ts';
import { TestClock } from '../support/clock.ts';
import { aRelease, aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

const newest = shippedMigrations().at(-1)?.version ?? 0;
/** The last row of the fixture, as its release messages named it. */
const oldHead = {
  seq: 33,
  hash: 'c41c42adac5b1c842a8b5eb726e605d0576da87b782ef6a75bcce92d88600874',
};
/** What a next version may do: a table of its own, and a column of the journal. */
const nextVersion: readonly Migration[] = [
  ...shippedMigrations(),
  {
    version: newest + 1,
    name: 'next',
    sql: 'CREATE TABLE note (x TEXT) STRICT; ALTER TABLE journal ADD COLUMN epoch INTEGER;',
  },
];

/** A database that the program with schema 1 wrote, with an open release and messages that wait. */
function anOldDatabase(): string {
  const path = `${aFolder()}/p.db`;
  const db = new Database(path);
  db.exec(readFileSync(new URL('./fixtures/schema-1.sql', import.meta.url), 'utf8'));
  db.close();
  return path;
}

const restoring = {
  now: '2026-11-21T10:00:00.000Z',
  clock: new TestClock(),
  configDigest: 'f'.repeat(64),
  announce,
};

test('an old database verifies as it is, and its rows keep their hashes when it is brought forward', () => {
  const path = anOldDatabase();

  const before = verifyJournal(path, [oldHead]);
  const store = aStore({ path, announce });

  expect(before).toMatchObject({ kind: 'verified', rows: 33, anchors: 2 });
  expect(store.notes[0]).toBe(
    `The database was brought from schema 1 to ${newest}; as it was before stands in ${path}.before-${newest}.`,
  );
  expect(store.openReleases().map(({ id }) => id)).toEqual(['checkout-2']);
  expect(store.liveAt('checkout', '2026-11-20T10:02:00.000Z')).toMatchObject({
    side: 'green',
    version: '2.0',
  });
  expect(store.history({ service: 'billing', limit: 1 })[0]?.seq).toBe(31);
  expect(store.pending().map(({ kind }) => kind)).toContain('card');
  store.append(aRelease({ number: 2, from: 'green', version: '2.1' }).switched().drafts(34));
  expect(verifyJournal(path, [oldHead, store.head]).kind).toBe('verified');
  expect(verifyJournal(`${path}.before-${newest}`, [oldHead]).kind).toBe('verified');
});

test('an old backup is restored and brought forward, without a copy beside it', () => {
  const backup = anOldDatabase();
  const path = `${aFolder()}/p.db`;

  const restored = restoreJournal(backup, path, { ...restoring, anchor: oldHead });

  expect(restored).toMatchObject({ kind: 'restored', rows: 33, open: ['checkout-2'] });
  expect(existsSync(`${path}.restoring.before-${newest}`)).toBe(false);
  expect(verifyJournal(path, [oldHead]).kind).toBe('verified');
  expect(aStore({ path, announce }).notes).toEqual([]);
});

test('a backup of an old database is whole, and an old row that was changed is found', async () => {
  const path = anOldDatabase();
  const copy = `${path}.copy`;

  expect((await backupJournal(path, copy)).kind).toBe('backed_up');
  const db = new Database(path);
  db.exec("DROP TRIGGER journal_no_update; UPDATE journal SET actor = 'U0EVE' WHERE seq = 4");
  db.close();

  expect(verifyJournal(path)).toMatchObject({ kind: 'broken', findings: expect.any(Array) });
  expect(verifyJournal(path).sentence).toContain('The trigger journal_no_update is missing.');
  expect(restoreJournal(path, `${path}.other`, restoring)).toMatchObject({ kind: 'refused' });
});

test('a next version with one more migration opens this database and restores its backups', async () => {
  const path = `${aFolder()}/p.db`;
  const first = aStore({ path, announce });
  first.append(aWholeRelease().drafts());
  const { head } = first;
  await backupJournal(path, `${path}.backup`);
  first.close();

  const store = aStore({ path, announce, migrations: nextVersion });
  const restored = restoreJournal(`${path}.backup`, `${path}.restored`, {
    ...restoring,
    anchor: head,
    migrations: nextVersion,
  });

  expect(store.head).toEqual(head);
  store.append(
    aRelease({ number: 2, from: 'green' })
      .requested()
      .drafts(head.seq + 1),
  );
  expect(store.head.seq).toBe(head.seq + 1);
  expect(restored).toMatchObject({ kind: 'restored', head });
});
