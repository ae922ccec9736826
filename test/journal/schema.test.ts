import { execFileSync, spawnSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/journal/open-database.ts';
import { aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

const appendOnly = /append-only/;
const chain = /the journal is a chain/;

/** A written journal, closed, and a client of it without any of the program's settings. */
function aWrittenJournal(): { path: string; rows: number } {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aWholeRelease().drafts());
  store.close();
  return { path, rows: store.head.seq };
}

const attacks: readonly (readonly [name: string, sql: string, refusal: RegExp])[] = [
  ['UPDATE', "UPDATE journal SET actor = 'mallory' WHERE seq = 2", appendOnly],
  ['UPDATE OR REPLACE', 'UPDATE OR REPLACE journal SET seq = 1 WHERE seq = 2', appendOnly],
  ['DELETE', 'DELETE FROM journal WHERE seq = 2', appendOnly],
  ['DELETE of everything', 'DELETE FROM journal', appendOnly],
  [
    'INSERT OR REPLACE of a row',
    "INSERT OR REPLACE INTO journal SELECT seq, at, boot, mono, release, service, node, kind, 'mallory', team, channel, message, request, before, after, readback, config_digest, plan_digest, body, prev, hash FROM journal WHERE seq = 2",
    chain,
  ],
  [
    'REPLACE of the last row',
    "REPLACE INTO journal SELECT seq, at, boot, mono, release, service, node, kind, 'mallory', team, channel, message, request, before, after, readback, config_digest, plan_digest, body, prev, hash FROM journal ORDER BY seq DESC LIMIT 1",
    chain,
  ],
  [
    'an upsert',
    "INSERT INTO journal SELECT * FROM journal WHERE seq = 2 ON CONFLICT (seq) DO UPDATE SET actor = 'mallory'",
    chain,
  ],
  [
    'a row with a gap before it',
    'INSERT INTO journal SELECT seq + 100, at, boot, mono, release, service, node, kind, actor, team, channel, message, request, before, after, readback, config_digest, plan_digest, body, hash, hash FROM journal ORDER BY seq DESC LIMIT 1',
    chain,
  ],
  [
    'a row that does not name the last hash',
    'INSERT INTO journal SELECT seq + 1, at, boot, mono, release, service, node, kind, actor, team, channel, message, request, before, after, readback, config_digest, plan_digest, body, prev, hash FROM journal ORDER BY seq DESC LIMIT 1',
    chain,
  ],
  [
    'a row without seq',
    'INSERT INTO journal SELECT NULL, at, boot, mono, release, service, node, kind, actor, team, channel, message, request, before, after, readback, config_digest, plan_digest, body, hash, hash FROM journal ORDER BY seq DESC LIMIT 1',
    chain,
  ],
];

for (const recursive of ['ON', 'OFF'] as const) {
  test.each(attacks)(
    `the database itself refuses %s, recursive_triggers ${recursive}`,
    (_, sql, refusal) => {
      const { path, rows } = aWrittenJournal();
      const mallory = new Database(path);
      mallory.pragma(`recursive_triggers = ${recursive}`);
      const before = mallory.prepare('SELECT * FROM journal').all();

      expect(() => mallory.exec(sql)).toThrow(refusal);

      expect(mallory.prepare('SELECT * FROM journal').all()).toEqual(before);
      expect(before).toHaveLength(rows);
      mallory.close();
    },
  );
}

const hasShell = spawnSync('sqlite3', ['--version']).status === 0;

test.runIf(hasShell).each(attacks)('the sqlite3 shell is refused %s', (_, sql, refusal) => {
  const { path } = aWrittenJournal();
  const dump = 'SELECT * FROM journal;';
  const before = execFileSync('sqlite3', [path, dump], { encoding: 'utf8' });

  const shell = spawnSync('sqlite3', [path, sql], { encoding: 'utf8' });

  expect(shell.stderr).toMatch(refusal);
  expect(execFileSync('sqlite3', [path, dump], { encoding: 'utf8' })).toBe(before);
});

test.each([
  ['no actor', "''", "'{}'"],
  ['a blank actor', "'  '", "'{}'"],
  ['a body that is no JSON', "'x'", "'{'"],
  ['a body of 64 KB', "'x'", `'["' || printf('%.*c', 65533, 'a') || '"]'`],
])('a row with %s is refused', (_, actor, body) => {
  const db = new Database(aWrittenJournal().path);

  const insert = () =>
    db.exec(
      `INSERT INTO journal (seq, at, boot, mono, kind, actor, config_digest, body, prev, hash)
       SELECT seq + 1, at, boot, mono, kind, ${actor}, '', ${body}, hash, hash
       FROM journal ORDER BY seq DESC LIMIT 1`,
    );

  expect(insert).toThrow(/CHECK constraint failed/);
  db.close();
});

test('every connection of the program is set to keep what it commits', () => {
  const { db } = openDatabase(`${aFolder()}/p.db`);
  const names = [
    'journal_mode',
    'synchronous',
    'foreign_keys',
    'recursive_triggers',
    'trusted_schema',
    'busy_timeout',
  ];

  const settings = names.map((name) => `${name}=${db.pragma(name, { simple: true })}`);

  expect(settings).toEqual([
    'journal_mode=wal',
    'synchronous=2',
    'foreign_keys=1',
    'recursive_triggers=1',
    'trusted_schema=0',
    'busy_timeout=200',
  ]);
  db.close();
});
