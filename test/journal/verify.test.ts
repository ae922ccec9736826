import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { parseAnchor } from '../../src/journal/anchor.ts';
import { hashOf, type Row } from '../../src/journal/row.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { system } from '../../src/release/vocabulary.ts';
import { aRelease, aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

function aWrittenJournal() {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aWholeRelease().drafts());
  store.append([
    {
      actor: system('anchor'),
      what: { kind: 'anchored', anchorSeq: store.head.seq, anchorHash: store.head.hash },
    },
  ]);
  store.close();
  return { path, head: store.head };
}

/** Somebody with the file in their hands and no respect for triggers. */
function tamper(path: string, work: (db: Database.Database) => void): void {
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  const triggers = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  work(db);
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}

/** Makes every row's prev and hash fit again. */
function rehash(db: Database.Database): void {
  let prev = '0'.repeat(64);
  const write = db.prepare('UPDATE journal SET prev = ?, hash = ? WHERE seq = ?');
  for (const row of db.prepare('SELECT * FROM journal ORDER BY seq').all() as Row[]) {
    const hash = hashOf({ ...row, prev });
    write.run(prev, hash, row.seq);
    prev = hash;
  }
}

test('a whole journal is good, also while it is being written', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });
  store.append(aWholeRelease().drafts());
  const anchor = store.head;
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());

  const verified = verifyJournal(path, [anchor]);

  expect(verified).toEqual({
    kind: 'verified',
    rows: store.head.seq,
    head: store.head,
    anchors: 1,
    sentence: `Verified: ${store.head.seq} rows up to #${store.head.seq} ${store.head.hash}, 1 anchor, everything derived as the rows say.`,
  });
});

test.each([
  'at',
  'boot',
  'mono',
  'release',
  'service',
  'node',
  'kind',
  'actor',
  'team',
  'channel',
  'message',
  'request',
  'before',
  'after',
  'readback',
  'config_digest',
  'plan_digest',
  'body',
  'hash',
])('a changed %s is found, and its row is named', (column) => {
  const { path } = aWrittenJournal();
  const value = { mono: 17, body: '{"roles":[]}', hash: 'e'.repeat(64) }[column] ?? 'mallory';
  tamper(path, (db) => db.prepare(`UPDATE journal SET ${column} = ? WHERE seq = 2`).run(value));

  const verified = verifyJournal(path);

  expect(verified.kind === 'broken' && verified.findings[0]).toEqual({
    kind: 'chain',
    seq: 2,
    sentence: 'Row 2 is the first bad row: its content is not what its hash was made of.',
  });
});

test('a row taken out of the middle is found', () => {
  const { path } = aWrittenJournal();
  tamper(path, (db) => db.exec('DELETE FROM journal WHERE seq IN (3, 4)'));

  const verified = verifyJournal(path);

  expect(verified.sentence).toMatch(
    /Row 5 is the first bad row: rows 3 to 4 are missing before it/,
  );
});

test('two rows that changed places are found', () => {
  const { path } = aWrittenJournal();
  tamper(path, (db) =>
    db.exec(
      'UPDATE journal SET seq = 900 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4; UPDATE journal SET seq = 4 WHERE seq = 900',
    ),
  );

  expect(verifyJournal(path).sentence).toMatch(
    /Row 3 is the first bad row: it does not follow row 2/,
  );
});

test('a cut tail is found by the anchor alone, which says how much is missing', () => {
  const { path, head } = aWrittenJournal();
  tamper(path, (db) =>
    db.exec(
      `DELETE FROM journal WHERE seq > ${head.seq - 1}; DELETE FROM anchor; DELETE FROM outbox`,
    ),
  );

  const without = verifyJournal(path);
  const verified = verifyJournal(path, [head]);

  expect(without.kind).toBe('verified');
  expect(verified.sentence).toContain(
    `names row ${head.seq}, and the journal ends with row ${head.seq - 1}: its last row is missing.`,
  );
});

test('a history rewritten whole is found by the anchor alone', () => {
  const { path, head } = aWrittenJournal();
  tamper(path, (db) => {
    db.exec("DELETE FROM journal WHERE kind = 'anchored'; DELETE FROM anchor");
    db.exec("UPDATE journal SET actor = 'U0MALLORY' WHERE kind = 'approved'");
    rehash(db);
  });
  aStore({ path }).close();
  const anchor = { seq: head.seq - 1, hash: head.hash };

  expect(verifyJournal(path).kind).toBe('verified');
  expect(verifyJournal(path, [anchor]).sentence).toContain('the journal was rewritten up to there');
});

test('a rewritten history that still holds a journaled anchor is found without help', () => {
  const { path, head } = aWrittenJournal();
  tamper(path, (db) => {
    db.exec("UPDATE journal SET actor = 'U0MALLORY' WHERE kind = 'approved'");
    rehash(db);
  });

  const verified = verifyJournal(path);

  expect(verified.kind === 'broken' && verified.findings[0]?.kind).toBe('anchor');
  expect(JSON.stringify(verified)).toContain(`Row ${head.seq} says that row ${head.seq - 1} has`);
});

test('derived tables that somebody changed are named, and written anew at the next start', () => {
  const { path } = aWrittenJournal();
  const db = new Database(path);
  db.exec("UPDATE service SET data = json_set(data, '$.accepted.side', 'blue')");
  db.exec("INSERT INTO lock VALUES ('billing', 'billing-7', 'now')");
  db.close();

  const before = verifyJournal(path);
  const store = aStore({ path });

  expect(before.kind === 'broken' && before.findings.map(({ sentence }) => sentence)).toEqual([
    'Table service is not what the rows say: checkout is different. It is written anew at the next start.',
    'Table lock is not what the rows say: billing is extra. It is written anew at the next start.',
  ]);
  expect(store.notes).toEqual([
    '2 rows derived from the journal were not as it says and were written anew: service checkout different, lock billing extra.',
  ]);
  expect(verifyJournal(path).kind).toBe('verified');
});

test('a database without its triggers is not good', () => {
  const { path } = aWrittenJournal();
  const db = new Database(path);
  db.exec('DROP TRIGGER journal_no_update');
  db.close();

  expect(verifyJournal(path).sentence).toContain('The trigger journal_no_update is missing.');
});

test('a damaged page is a finding with a sentence', () => {
  const { path } = aWrittenJournal();
  const db = new Database(path);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(4096, 0x5a), 0, 4096, 4096);
  closeSync(file);

  const verified = verifyJournal(path);

  expect(verified.kind).toBe('broken');
  expect(verified.sentence).toMatch(/The file is damaged/);
});

test('an anchor is read as it is published', () => {
  const hash = 'ab'.repeat(32);

  expect(parseAnchor(`12:${hash}`)).toEqual({ seq: 12, hash });
  expect(parseAnchor(`#12:${hash.toUpperCase()}`)).toEqual({ seq: 12, hash });
  expect(parseAnchor(`journal #12 ${hash}`)).toEqual({ seq: 12, hash });
  expect(parseAnchor(`#12 ${hash}`)).toEqual({ seq: 12, hash });
  expect(
    ['', '12', `0:${hash}`, `12:${hash}0`, `x:${hash}`, `1.5:${hash}`].map(parseAnchor),
  ).toEqual(Array(6).fill(undefined));
});
