import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { auditExport, auditVerify } from '../src/audit.ts';
import { columns } from '../src/journal/row.ts';
import { aWholeRelease } from './support/journal-rows.ts';
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
