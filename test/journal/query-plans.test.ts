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

/** The plan's lines that read a growing table from end to end. */
function scans(db: Database.Database, sql: string): readonly string[] {
  return planOf(db, sql).filter((detail) => /^SCAN (journal|outbox|o|j)\b/.test(detail));
}

function aModel(): Database.Database {
  const db = new Database(':memory:');
  migrate(db);
  return db;
}

test('no statement of the program reads the journal or the outbox from end to end', async () => {
  for (const name of files) await import(new URL(name, folder).href);
  const db = aModel();

  const found = declaredQueries().flatMap(({ sql }) => scans(db, sql).map((line) => [line, sql]));

  expect(declaredQueries().length).toBeGreaterThan(40);
  expect(found).toEqual([]);
});

test('what waits in the outbox is found by its own index, whatever stands beside it', () => {
  const db = aModel();
  const waiting = declaredQueries().filter(({ sql }) => sql.includes('outbox_waiting'));

  const plans = waiting.flatMap(({ sql }) => planOf(db, sql));

  expect(waiting).toHaveLength(2);
  expect(plans.join('\n')).toContain('USING INDEX outbox_waiting (state=?');
});

test('a statement that asks for one state alone is found out', () => {
  expect(scans(aModel(), "SELECT id FROM outbox WHERE state = 'pending'")).toHaveLength(1);
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
