import { renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { JournalUnwritable } from '../../src/journal/errors.ts';
import { Ledger } from '../../src/journal/ledger.ts';
import { openDatabase } from '../../src/journal/open-database.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

function errorOf(work: () => unknown): JournalUnwritable {
  try {
    work();
  } catch (error) {
    if (error instanceof JournalUnwritable) return error;
    throw error;
  }
  throw new Error('It did not throw.');
}

test('a lock that another program holds is told after a moment, and nothing is remembered that was not written', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aRelease().requested().drafts());
  const other = new Database(path);
  other.exec('BEGIN IMMEDIATE');
  const { head } = store;

  const error = errorOf(() => store.append(aRelease().approved().drafts(), 'r-1'));

  expect(error.code).toMatch(/^SQLITE_BUSY/);
  expect(error.message).toContain(
    `The journal ${path} could not be written, so nothing was done: another program holds a lock on it`,
  );
  expect(error.cause).toBeInstanceOf(Error);
  expect(store.release('checkout-1')?.approvals).toEqual([]);
  expect(store.head).toEqual(head);

  other.exec('ROLLBACK');
  other.close();

  expect(store.append(aRelease().approved().drafts(), 'r-1').kind).toBe('appended');
});

test('a full disk refuses the rows, and the store goes on when there is room again', () => {
  const path = `${aFolder()}/p.db`;
  const { db } = openDatabase(path);
  const ledger = new Ledger(db, () => []);
  db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
  const instant = { at: '2026-11-20T10:00:00.000Z', boot: 'b', mono: 1 };
  const big = aRelease({ nodes: Array.from({ length: 50 }, (_, i) => `lb-${i}`) }).requested();
  const write = () => db.transaction(() => ledger.append(big.drafts(), instant, 'f')).immediate();

  expect(write).toThrow(/database or disk is full/);
  ledger.forget();

  expect(ledger.head.seq).toBe(0);
  expect(ledger.release('checkout-1')).toBeUndefined();
  db.pragma('max_page_count = 100000');
  write();
  db.close();
  expect(verifyJournal(path).kind).toBe('verified');
});

test('a database that was moved away is noticed before a row is lost in it', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aRelease().requested().drafts());
  renameSync(path, `${path}.away`);

  expect(errorOf(() => store.append(aRelease().approved().drafts())).message).toMatch(
    /was moved, removed or replaced while Pointsman runs, so nothing was done/,
  );
});

test('after close every append says that Pointsman is being stopped', () => {
  const store = aStore();
  store.close();

  expect(errorOf(() => store.append(aRelease().requested().drafts())).message).toMatch(
    /is closed: Pointsman is being stopped/,
  );
});
