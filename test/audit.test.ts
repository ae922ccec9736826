import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { auditBackup, auditExport, auditRestore, auditVerify } from '../src/audit.ts';
import { columns, type Head } from '../src/journal/row.ts';
import { verifyJournal } from '../src/journal/verify.ts';
import { aRelease, aWholeRelease } from './support/journal-rows.ts';
import { aFolder, aStore } from './support/journal-store.ts';

const program = 'pointsman test';

function aJournal() {
  const folder = aFolder();
  const database = `${folder}/p.db`;
  const store = aStore({ path: database });
  store.append(aWholeRelease().drafts());
  return { folder, database, store };
}

test('an export to a file verifies as it was written, a line per row', async () => {
  const { folder, database, store } = aJournal();
  const file = `${folder}/e.jsonl`;

  const exported = await auditExport(database, ['jsonl', file]);
  const verified = auditVerify(database, { program, exported: file, anchor: store.head });

  expect(exported.exit).toBe(0);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(store.head.seq + 1);
  expect(verified).toMatchObject({ exit: 0, data: { kind: 'verified', anchorHolds: true } });
});

test('what is printed to stdout is the same file', async () => {
  const { folder, database } = aJournal();
  await auditExport(database, ['jsonl', `${folder}/e.jsonl`]);

  const { lines } = await auditExport(database, []);

  expect(lines.map((line) => `${line}\n`).join('')).toBe(readFileSync(`${folder}/e.jsonl`, 'utf8'));
});

test('a CSV export has no empty row, to a file and to stdout', async () => {
  const { folder, database, store } = aJournal();
  const file = `${folder}/e.csv`;

  await auditExport(database, ['csv', file]);
  const { lines } = await auditExport(database, ['csv']);

  const rowsOf = (text: string) => parse(text, { skip_empty_lines: false }) as string[][];
  const inFile = rowsOf(readFileSync(file, 'utf8'));
  expect(inFile).toHaveLength(store.head.seq + 1);
  expect(inFile[0]).toEqual([...columns]);
  expect(rowsOf(lines.map((line) => `${line}\n`).join(''))).toEqual(inFile);
});

test('an export never writes over a file', async () => {
  const { folder, database } = aJournal();
  writeFileSync(`${folder}/precious`, 'x');

  expect(await auditExport(database, ['jsonl', `${folder}/precious`])).toMatchObject({
    exit: 4,
    lines: [
      `Refused: ${folder}/precious is there already; an export never writes over a file. Name another one.`,
    ],
  });
  expect(readFileSync(`${folder}/precious`, 'utf8')).toBe('x');
});

test('verifying what is not there ends with 2 and says so', () => {
  const { folder, database } = aJournal();
  const nowhere = `${folder}/nowhere`;

  expect(auditVerify(database, { program, exported: nowhere })).toMatchObject({
    exit: 2,
    lines: [`There is no file ${nowhere} to verify. Name an export as \`audit export\` wrote it.`],
  });
  expect(auditVerify(nowhere, { program })).toMatchObject({
    exit: 2,
    lines: [expect.stringMatching(/^There is no database .*nowhere to verify: no bot has run/)],
  });
});

test('an export into a folder that is not there is a sentence', async () => {
  const folder = aFolder();
  aStore({ path: `${folder}/p.db` }).close();

  const exported = await auditExport(`${folder}/p.db`, ['csv', `${folder}/missing/x.csv`]);

  expect(exported).toMatchObject({
    exit: 4,
    lines: [`Refused: there is no folder ${folder}/missing for the export. Create it first.`],
  });
});

/** A backup of three rows and a database that went on since, as `audit restore` finds them. */
async function aBackup() {
  const { folder, database, store } = aJournal();
  const { head } = store;
  const backup = `${folder}/backup.db`;
  await auditBackup(database, [backup]);
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  const later = store.head;
  store.close();
  const restore = (words: readonly string[], anchor?: Head, target = database) =>
    auditRestore({ database: target, digest: 'f'.repeat(64) }, words, anchor);
  return { folder, database, backup, head, later, restore };
}

/** Everything in the folder but the lock, and what stands in the database. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.lock'))
    .sort();
}

test('a backup that holds the anchor is restored, and what stood there is put aside', async () => {
  const { folder, database, backup, head, restore } = await aBackup();
  const before = readFileSync(database);

  const restored = restore([backup], head);

  expect(restored).toMatchObject({
    exit: 0,
    lines: [expect.stringMatching(`^Restored ${head.seq} rows up to #${head.seq} ${head.hash} `)],
  });
  const aside = filesOf(folder).find((name) => /^p\.db\.before-restore-\d{14}$/.test(name));
  expect(readFileSync(`${folder}/${aside}`)).toEqual(before);
  expect(verifyJournal(database, [head]).kind).toBe('verified');
  expect(restored.lines[0]).toContain(`The database that stood there is ${folder}/${aside}.`);
});

test.each([
  [
    'another hash',
    ({ head }: Backup) => ({ ...head, hash: 'ab'.repeat(32) }),
    /says that row 13 has the hash (ab){32}, and it has [0-9a-f]{64}/,
  ],
  ['a longer journal', ({ later }: Backup) => later, /row \d+, and the journal ends with row \d+/],
  ['no row at all', () => ({ seq: 0, hash: '0'.repeat(64) }), /./],
])('an anchor of %s: refused, and nothing is touched', async (_, anchorOf, why) => {
  const found = await aBackup();
  const before = readFileSync(found.database);
  const files = filesOf(found.folder);

  const refused = found.restore([found.backup], anchorOf(found));

  expect(refused.exit).toBe(4);
  expect(refused.lines[0]).toMatch(
    /^Refused: the backup does not verify, so nothing was changed\. /,
  );
  expect(refused.lines[0]).toMatch(why);
  expect(readFileSync(found.database)).toEqual(before);
  expect(filesOf(found.folder)).toEqual(files);
});
type Backup = Awaited<ReturnType<typeof aBackup>>;

test('a backup is restored where no database is yet, and to no file, a missing one or itself with a sentence', async () => {
  const { folder, database, backup, head, restore } = await aBackup();

  expect(restore([backup], head, `${folder}/new.db`)).toMatchObject({
    exit: 0,
    lines: [expect.not.stringContaining('that stood there')],
  });
  expect(verifyJournal(`${folder}/new.db`, [head]).kind).toBe('verified');
  expect(restore([`${folder}/none.db`])).toMatchObject({
    exit: 4,
    lines: [`Refused: there is no database ${folder}/none.db. Nothing was changed.`],
  });
  expect(restore([database])).toMatchObject({
    exit: 4,
    lines: [`Refused: ${database} cannot be restored from itself.`],
  });
  symlinkSync(database, `${folder}/link.db`);
  expect(restore([`${folder}/link.db`])).toMatchObject({ exit: 4 });
  expect(restore([])).toMatchObject({ exit: 2 });
  expect(restore([backup, 'more'])).toMatchObject({ exit: 2 });
});

test('a backup of an older schema is proved against the anchor as it was made, and brought forward', () => {
  const folder = aFolder();
  const backup = `${folder}/old.db`;
  const old = new Database(backup);
  old.exec(readFileSync(new URL('journal/fixtures/schema-1.sql', import.meta.url), 'utf8'));
  const head = old.prepare('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1').get() as Head;
  old.close();
  const target = { database: `${folder}/p.db`, digest: 'f'.repeat(64) };

  const wrong = auditRestore(target, [backup], { ...head, hash: 'ab'.repeat(32) });
  const right = auditRestore(target, [backup], head);

  expect(wrong.exit).toBe(4);
  expect(right.exit).toBe(0);
  expect(verifyJournal(target.database, [head]).kind).toBe('verified');
});
