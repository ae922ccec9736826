import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DatabaseHeld, DatabaseRefused } from '../../src/journal/errors.ts';
import { shippedMigrations } from '../../src/journal/migrate.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

/** The sentence a path is refused with, at both doors. */
function refusals(path: string): readonly string[] {
  const said: string[] = [];
  try {
    aStore({ path });
  } catch (error) {
    if (!(error instanceof DatabaseRefused)) throw error;
    said.push(error.message);
  }
  const verified = verifyJournal(path);
  return verified.kind === 'unreadable' ? [...said, verified.sentence] : said;
}

test('a missing folder, a folder in the place of the file', () => {
  const folder = aFolder();
  mkdirSync(`${folder}/p.db`);

  expect(refusals(`${folder}/nowhere/p.db`)[0]).toBe(
    `Refused: there is no folder ${folder}/nowhere for the database. Create it, or name another place under \`database:\`.`,
  );
  expect(refusals(`${folder}/p.db`)[0]).toBe(
    `Refused: ${folder}/p.db is not a regular file. Name a file under \`database:\`.`,
  );
});

test('a file that is not SQLite is refused and left as it was', () => {
  const path = `${aFolder()}/p.db`;
  const text = 'dear diary, '.repeat(1_000);
  writeFileSync(path, text);

  const sentence = `Refused: ${path} is not a SQLite file. Nothing was changed; name another file under \`database:\`.`;
  expect(refusals(path)).toEqual([sentence, sentence]);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test("another program's database is refused and left as it was", () => {
  const path = `${aFolder()}/p.db`;
  const other = new Database(path);
  other.exec('CREATE TABLE songs (title TEXT)');
  other.close();
  const before = readFileSync(path);

  const sentence = `Refused: ${path} is a SQLite database of another program. Nothing was changed; name another file under \`database:\`.`;
  expect(refusals(path)).toEqual([sentence, sentence]);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a database of ours whose tables were dropped is refused', () => {
  const path = `${aFolder()}/p.db`;
  aStore({ path }).close();
  const db = new Database(path);
  db.exec('DROP TABLE outbox');
  db.close();

  expect(refusals(path)[0]).toMatch(/lacks the table outbox/);
});

test('a database from a newer program is refused', () => {
  const path = `${aFolder()}/p.db`;
  aStore({ path }).close();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();

  const sentence = `Refused: ${path} has schema 99, and this Pointsman knows schemas up to ${shippedMigrations().at(-1)?.version}: a newer Pointsman has written it. Start that one, or restore a backup from before the update.`;
  expect(refusals(path)).toEqual([sentence, sentence]);
});

test('an older database is copied aside and brought forward, or stays as it was', () => {
  const path = `${aFolder()}/p.db`;
  const before = aStore({ path });
  before.append(aWholeRelease().drafts());
  before.close();
  const shipped = shippedMigrations();
  const next = (shipped.at(-1)?.version ?? 0) + 1;
  const step = (sql: string) => [...shipped, { version: next, name: 'next', sql }];
  const broken = step('CREATE TABLE added (x TEXT); CREATE TABLE journal (y TEXT)');

  expect(() => aStore({ path, migrations: broken })).toThrow(DatabaseRefused);
  const unchanged = aStore({ path });
  expect(unchanged.head).toEqual(before.head);
  unchanged.close();

  // The copy of the first try stands there; it is not written over.
  const good = step('CREATE TABLE added (x TEXT)');
  expect(() => aStore({ path, migrations: good })).toThrow(/move an older copy away/);
});

test('bringing a database forward says where the old one stands', () => {
  const path = `${aFolder()}/p.db`;
  const before = aStore({ path });
  before.append(aWholeRelease().drafts());
  before.close();
  const shipped = shippedMigrations();
  const newest = shipped.at(-1)?.version ?? 0;
  const sql = 'CREATE TABLE added (x TEXT)';
  const migrations = [...shipped, { version: newest + 1, name: 'next', sql }];

  const store = aStore({ path, migrations });

  expect(store.notes).toEqual([
    `The database was brought from schema ${newest} to ${newest + 1}; as it was before stands in ${path}.before-${newest + 1}.`,
  ]);
  expect(store.head).toEqual(before.head);
  expect(verifyJournal(`${path}.before-${newest + 1}`, [before.head]).kind).toBe('verified');
});

test.each([1, 2, 5])('a damaged page %i is refused at the start, with what to do', (page) => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aWholeRelease().drafts());
  store.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4_000, 0x5a), 0, 4_000, (page - 1) * 4_096 + 96);
  closeSync(file);

  expect(refusals(path)[0]).toMatch(
    /^Refused: .*p\.db is damaged .*pointsman audit verify.*pointsman audit restore/,
  );
});

test('a folder that cannot be written to is refused', () => {
  expect(refusals('/proc/pointsman.db')[0]).toMatch(/^Refused: .*\/proc/);
});

test('one database has one holder, by whatever link it is reached, also one that was there before it', () => {
  const folder = aFolder();
  mkdirSync(`${folder}/real`);
  symlinkSync(`${folder}/real`, `${folder}/folder`);
  symlinkSync('real/p.db', `${folder}/file.db`);

  const store = aStore({ path: `${folder}/file.db` });

  expect(store.path).toBe(`${folder}/real/p.db`);
  for (const path of ['real/p.db', 'folder/p.db', 'file.db']) {
    expect(() => aStore({ path: `${folder}/${path}` })).toThrow(DatabaseHeld);
  }
});
