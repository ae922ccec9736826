import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { backupJournal } from '../../src/journal/backup.ts';
import { JournalProofs } from '../../src/journal/journal-proofs.ts';
import { openStore } from '../../src/journal/open-store.ts';
import type { Store } from '../../src/journal/store.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { announce } from '../../src/release/announce.ts';
import type { Draft } from '../../src/release/journal-entry.ts';
import { actor, system } from '../../src/release/vocabulary.ts';
import { TestClock } from '../support/clock.ts';
import { aRelease, aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

const program = 'pointsman 9.9.9';
const rules = { program, announce };
const started: Draft = {
  actor: system('start'),
  what: { kind: 'started', pid: 1, host: 'edge-1', program },
};

/** A start of the program on this database: its store and what it proves of it. */
function aStart(path: string) {
  const said: string[] = [];
  const store = aStore({ path, announce, program });
  const proofs = new JournalProofs({
    store,
    rules,
    clock: new TestClock(),
    say: (sentence) => said.push(sentence),
    reportError: (error) => said.push(String(error)),
  });
  return { store, proofs, said };
}

/** What people are told where no release is concerned. */
function notices(store: Store): readonly string[] {
  return store
    .pending()
    .flatMap(({ announcement: one }) => (one.kind === 'channel' ? [one.text] : []));
}

/** A database that a run of the program has left, with one accepted release and one that is open. */
function aRun(): string {
  const path = `${aFolder()}/p.db`;
  const { store } = aStart(path);
  store.append([started]);
  store.append(aRelease().adopted().drafts());
  store.append(aWholeRelease().drafts(store.head.seq + 1), 'press-1');
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  store.append([
    { actor: actor('U0OPS'), service: 'billing', what: { kind: 'held', reason: 'x' } },
  ]);
  store.close();
  return path;
}

/** Somebody with the database in their hands, and no respect for triggers. */
function tamper(path: string, sql: string): void {
  const db = new Database(path);
  db.pragma('foreign_keys = OFF');
  const triggers = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  for (const trigger of triggers) db.exec(trigger.sql);
  db.close();
}

test('a start after a clean stop finds nothing, and nothing keeps releases from beginning', () => {
  const path = aRun();

  const { store, proofs, said } = aStart(path);

  expect(store.start).toEqual({ kind: 'proved', whole: true, findings: [] });
  expect(proofs.fault).toBeUndefined();
  expect(said).toEqual([]);
});

test('a cut tail with its projections left is found, told, and locks releases until an operator takes note', () => {
  const path = aRun();
  tamper(path, "DELETE FROM journal WHERE kind = 'held'");

  const { store, proofs, said } = aStart(path);

  expect(said).toEqual([
    expect.stringMatching(
      /^The checkpoint beside the database \(row \d+\) names row \d+, and the journal ends with row \d+: its last row is missing\.$/,
    ),
  ]);
  expect(proofs.fault).toBe(said[0]);
  expect(store.rowsSince(0).at(-1)?.what).toEqual({ kind: 'journal_fault', findings: said });
  expect(notices(store).at(-1)).toBe(
    `The journal is not as Pointsman wrote it: ${said[0]} No release begins until an operator has looked with \`pointsman audit verify\` and says \`/release unlock journal because <reason>\`. Rollback goes on.`,
  );

  store.append([
    { actor: actor('U0OPS'), what: { kind: 'journal_acknowledged', reason: 'a test' } },
  ]);

  expect(proofs.fault).toBeUndefined();
  store.close();
  expect(aStart(path).proofs.fault).toBeUndefined();
});

test('what was found locks the next starts too, also where nothing is to be found any more', () => {
  const path = aRun();
  tamper(path, "UPDATE service SET data = json_set(data, '$.accepted.side', 'blue')");
  const first = aStart(path);
  const { fault } = first.proofs;
  first.store.close();

  const again = aStart(path);

  expect(fault).toBe(
    'Table service was not what the rows say: checkout was different. 1 more finding.',
  );
  expect(again.said).toEqual([]);
  expect(again.proofs.fault).toBe(fault);
});

test('an older backup in its place is found by what is kept beside it', async () => {
  const path = aRun();
  const { store } = aStart(path);
  await backupJournal(path, `${path}.old`);
  store.append(aRelease({ service: 'search' }).adopted().drafts());
  store.close();
  copyFileSync(`${path}.old`, path);

  expect(verifyJournal(path, { rules }).kind).toBe('verified');
  const { proofs } = aStart(path);

  expect(proofs.fault).toMatch(/^The checkpoint beside the database .* its last row is missing\./);
});

test.each([
  [
    'a service',
    "UPDATE service SET data = json_set(data, '$.hold', NULL) WHERE name = 'billing'",
    'Table service was not what the rows say: billing was different.',
  ],
  [
    'a lock taken away',
    'DELETE FROM lock',
    'Table lock was not what the rows say: checkout was missing.',
  ],
  [
    'a lock that no release holds',
    "INSERT INTO lock VALUES ('billing', 'billing-7', 'now')",
    'Table lock was not what the rows say: billing was extra.',
  ],
  [
    'an open release',
    "UPDATE release SET data = json_set(data, '$.requester', 'U0EVE') WHERE open = 1",
    'Table release was not what the rows say: checkout-2 was different.',
  ],
  [
    'a release that nobody asked for',
    "INSERT INTO release SELECT 'checkout-9', service, state, 1, data FROM release WHERE open = 1",
    'Table release was not what the rows say: checkout-9 was extra.',
  ],
  [
    'an ended release that is called open',
    "UPDATE release SET open = 1 WHERE id = 'checkout-1'",
    'Table release was not what the rows say: checkout-1 was different.',
  ],
])('%s that the rows do not say is found at the start and put right', (_, sql, finding) => {
  const path = aRun();
  const before = aStart(path);
  const open = before.store.openReleases();
  const held = before.store.service('billing').hold;
  before.store.close();
  tamper(path, sql);

  const { store, said } = aStart(path);

  expect(said).toEqual([finding]);
  expect(store.openReleases()).toEqual(open);
  expect(store.service('billing').hold).toEqual(held);
  expect(store.notes).toEqual([]);
  expect(verifyJournal(path).kind).toBe('verified');
});

test('a message that somebody takes out of the outbox is found and told again, one that no row says is taken out', () => {
  const path = aRun();
  const first = aStart(path);
  first.store.append(aRelease({ service: 'search' }).adopted().drafts());
  const last = first.store.head.seq;
  killed(first.store, path);
  tamper(
    path,
    `DELETE FROM outbox WHERE id = ${last} * 8; INSERT INTO outbox (id, kind) VALUES (${last} * 8 + 3, 'notice')`,
  );

  const { store, said } = aStart(path);

  expect(said).toEqual([
    `Table outbox was not what the rows say: message 4 of row ${last} was extra.`,
    `Table outbox was not what the rows say: message 1 of row ${last} was missing.`,
  ]);
  expect(store.waiting(last * 8 - 1, 10).filter(({ seq }) => seq === last)).toMatchObject([
    { kind: 'notice', inDoubt: true },
  ]);
  expect(verifyJournal(path, { rules }).kind).toBe('verified');
});

test('a checkpoint that Pointsman did not write is not believed', () => {
  const path = aRun();
  const file = `${path}.checkpoint`;
  const forged = readFileSync(file, 'utf8').replace('"billing"', '"milling"');
  writeFileSync(file, forged);

  const { store, proofs } = aStart(path);

  expect(store.start).toMatchObject({ kind: 'proved', whole: true });
  expect(proofs.fault).toBe(`The checkpoint ${file} was not written by Pointsman.`);
});

test('without a checkpoint a small journal is proved whole', () => {
  const path = aRun();
  rmSync(`${path}.checkpoint`);
  tamper(path, "UPDATE journal SET actor = 'U0EVE' WHERE seq = 4");

  expect(aStart(path).proofs.fault).toBe(
    'Row 4 is the first bad row: its content is not what its hash was made of.',
  );
});

test('files beside the database are for this user alone', () => {
  const path = aRun();

  expect(existsSync(`${path}.checkpoint.new`)).toBe(false);
  for (const end of ['.key', '.checkpoint']) {
    expect(readFileSync(`${path}${end}`, 'utf8').length).toBeGreaterThan(60);
  }
});

/** As a kill leaves it: what is beside the database is older than its last rows. */
function killed(store: Store, path: string): void {
  const checkpoint = readFileSync(`${path}.checkpoint`);
  store.close();
  writeFileSync(`${path}.checkpoint`, checkpoint);
}

/** A long journal whose first half a run has proved, and whose second half was written since. */
function aLongRun() {
  const path = `${aFolder()}/p.db`;
  const store = openStore({
    path,
    clock: new TestClock(),
    configDigest: 'f'.repeat(64),
    announce,
    program,
    reserveBytes: 65_536,
  });
  store.append([started]);
  for (let number = 1; store.head.seq < 1_500; number += 1) {
    const from = number % 2 === 1 ? 'blue' : 'green';
    store.append(aWholeRelease({ number, from }).drafts(store.head.seq + 1));
  }
  return { path, store };
}

test('a start reads the rows after the checkpoint only, and a thread of its own proves the rest', async () => {
  const { path, store: first } = aLongRun();
  first.close();
  tamper(path, "UPDATE journal SET actor = 'U0EVE' WHERE seq = 40");
  const { store, proofs, said } = aStart(path);
  const before = { start: store.start, fault: proofs.fault };
  const ending = new AbortController();

  const proving = proofs.keepProving(ending.signal);
  await expect.poll(() => proofs.fault, { timeout: 50_000 }).toBeDefined();
  ending.abort();
  await proving;

  expect(before).toEqual({
    start: { kind: 'proved', whole: false, findings: [] },
    fault: undefined,
  });
  expect(said).toEqual([
    'Row 40 is the first bad row: its content is not what its hash was made of.',
  ]);
  expect(store.rowsSince(store.head.seq - 1)[0]?.what.kind).toBe('journal_fault');
});

test('damaged pages that the thread finds keep releases from beginning, and are told', async () => {
  const { path, store: first } = aLongRun();
  first.close();
  const { store, proofs } = aStart(path);
  damage(path, 'release');
  const ending = new AbortController();

  const proving = proofs.keepProving(ending.signal);
  await expect.poll(() => proofs.fault, { timeout: 50_000 }).toBeDefined();
  ending.abort();
  await proving;

  expect(proofs.fault).toMatch(/^The file is damaged: /);
  expect(store.trusted).toBe(false);
});

/** Overwrites the first page of a table on disk. */
function damage(path: string, table: string): void {
  const db = new Database(path);
  const page = Number(
    db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table),
  );
  const size = Number(db.pragma('page_size', { simple: true }));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(file);
}

test('a long journal without a checkpoint is proved by the thread before anything is begun, and its tables put right', async () => {
  const { path, store: first } = aLongRun();
  first.close();
  rmSync(`${path}.checkpoint`);
  tamper(
    path,
    "DELETE FROM live; UPDATE service SET data = json_set(data, '$.switchedTo', 'nowhere')",
  );
  const { store, proofs, said } = aStart(path);
  const before = proofs.fault;

  await proofs.prove(new AbortController().signal);

  expect(before).toBe(
    'The journal is being proved from its first row (there is no checkpoint beside it).',
  );
  expect(proofs.fault).toMatch(
    /^Table (service|live) is not what the rows say: .* more findings\.$/,
  );
  expect(said[0]).toMatch(
    /rows derived from the journal were not as it says and were written anew/,
  );
  expect(['blue', 'green']).toContain(store.service('checkout').switchedTo);
  expect(verifyJournal(path, { rules }).kind).toBe('verified');
});
