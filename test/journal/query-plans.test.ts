import { readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../src/journal/migrate.ts';
import { declaredQueries } from '../../src/journal/query.ts';

const folder = new URL('../../src/journal/', import.meta.url);
// The program of a thread declares none; it does its work when it is read.
const files = readdirSync(folder).filter((name) => name !== 'proof-worker.ts');
/** It prepares statements of the lock file, which is no database of ours. */
const ofLockFile = 'hold-database.ts';

/** The plan's lines. */
function planOf(db: Database.Database, sql: string): readonly string[] {
  const names = [...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, 1]);
  const marks = [...sql.matchAll(/\?/g)].map(() => 1);
  const values = names.length > 0 ? [Object.fromEntries(names)] : marks;
  const lines = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  return (lines as { readonly detail: string }[]).map(({ detail }) => detail);
}

/** Tables that grow as long as the bot runs; `o` and `j` are names that a query gives to two of them. */
const growing = /^SCAN (journal|outbox|release|seen_request|place|anchor|live|o|j)\b/;
/** Indexes that hold few rows, however long the table is: what is open, what waits, what proofs found. */
const few = /USING (COVERING )?INDEX (release_open|journal_audit|outbox_waiting)\b/;

/**
 * The plan of a new row names the tables that refer to the journal. SQLite looks into them only while a foreign key is
 * violated (`FkIfZero`), and none of them can be.
 */
const ofForeignKeys = /^INSERT INTO journal /;

/** The plan's lines that read a growing table from end to end. */
function scans(db: Database.Database, sql: string): readonly string[] {
  if (ofForeignKeys.test(sql)) return [];
  return planOf(db, sql).filter((detail) => growing.test(detail) && !few.test(detail));
}

/**
 * What the proof of a whole journal may read from end to end: in its thread, or at the start of one of a thousand rows.
 * `derived-differences.ts` compares with them, `rebuild-derived.ts` empties tables that it writes anew.
 */
const ofWholeProofs = [
  'DELETE FROM anchor',
  'DELETE FROM live',
  'DELETE FROM place',
  'DELETE FROM seen_request',
  'SELECT count(*) FROM release',
  'SELECT count(*) FROM seen_request',
  'SELECT id FROM release',
  'SELECT request FROM seen_request',
];

function aModel(): Database.Database {
  const db = new Database(':memory:');
  migrate(db);
  return db;
}

test('no statement reads a table that grows from end to end, but those of the proof of the whole', async () => {
  for (const name of files) await import(new URL(name, folder).href);
  const db = aModel();

  const found = declaredQueries().filter(({ sql }) => scans(db, sql).length > 0);

  expect(declaredQueries().length).toBeGreaterThan(40);
  expect(found.map(({ sql }) => sql).sort()).toEqual(ofWholeProofs);
});

test('no statement sorts what it has found: a page of a long table would cost all of it', () => {
  const db = aModel();

  const found = declaredQueries().filter(({ sql }) => planOf(db, sql).some(isSort));

  expect(found.map(({ sql }) => sql)).toEqual([]);
});

const isSort = (detail: string): boolean => /TEMP B-TREE/.test(detail);

test('what waits in the outbox is found by its own index, whatever stands beside it', () => {
  const db = aModel();
  const waiting = declaredQueries().filter(({ sql }) => sql.includes('outbox_waiting'));

  const plans = waiting.flatMap(({ sql }) => planOf(db, sql));

  expect(waiting).toHaveLength(2);
  expect(plans.join('\n')).toContain('USING INDEX outbox_waiting (state=?');
});

test('a statement that asks for one state alone is found out, and one that sorts', () => {
  const db = aModel();

  expect(scans(db, "SELECT id FROM outbox WHERE state = 'pending'")).toHaveLength(1);
  expect(scans(db, "SELECT id FROM release WHERE state = 'failed'")).toHaveLength(1);
  expect(planOf(db, 'SELECT seq FROM journal WHERE release = ? ORDER BY at').some(isSort)).toBe(
    true,
  );
});

test('statements are declared at the top of a module, where this test finds them, and prepared nowhere else', () => {
  const texts = files.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const);

  const prepares = texts.filter(([, text]) => /\.prepare\(/.test(text)).map(([name]) => name);
  const inside = texts.flatMap(([name, text]) =>
    text
      .split('\n')
      .filter((line) => /\bquery\(/.test(line) && !isDeclaration(line))
      .map(() => name),
  );

  expect(prepares).toEqual([ofLockFile, 'query.ts']);
  // Each of these makes the statements of several tables, called from the top of its module.
  expect(inside).toEqual([
    'derived-differences.ts',
    'derived-differences.ts',
    'derived-tables.ts',
    'derived-tables.ts',
    'past.ts',
  ]);
});

function isDeclaration(line: string): boolean {
  return /^(const \w+ =|export function| {2}\w+: query\()/.test(line);
}
