import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { backupJournal } from '../../src/journal/backup.ts';
import { DatabaseHeld, DatabaseRefused } from '../../src/journal/errors.ts';
import { exportJournal } from '../../src/journal/export.ts';
import { restoreJournal } from '../../src/journal/restore.ts';
import { columns } from '../../src/journal/row.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { verifyExport } from '../../src/journal/verify-export.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { TestClock } from '../support/clock.ts';
import { aRelease, aWholeRelease } from '../support/journal-rows.ts';
import { aFolder, aStore, tellCards } from '../support/journal-store.ts';

const now = '2026-11-20T12:00:00.000Z';
const how = {
  now,
  clock: new TestClock(),
  configDigest: 'f'.repeat(64),
  announce: tellCards,
};

/** An open store with a release, beside which everything here must work. */
function aRunningStore() {
  const folder = aFolder();
  const path = `${folder}/p.db`;
  const store = aStore({ path });
  store.append(aWholeRelease().drafts());
  return { folder, path, store };
}

test('a JSONL export proves its chain by itself, and a changed line is named', () => {
  const { folder, path, store } = aRunningStore();
  const file = `${folder}/journal.jsonl`;
  const text = [...exportJournal(path, 'jsonl')].join('');
  writeFileSync(file, text);

  expect(verifyExport(file)).toEqual({
    kind: 'verified',
    rows: store.head.seq,
    head: store.head,
    sentence: `Verified: ${store.head.seq} exported rows up to #${store.head.seq} ${store.head.hash}.`,
  });

  writeFileSync(file, text.replace('U0BEN', 'U0EVE'));
  expect(verifyExport(file).sentence).toContain('Row 2 is the first bad row: its content is not');
  writeFileSync(file, `${text}{"seq":1`);
  expect(verifyExport(file).kind).toBe('verified');
  writeFileSync(file, `${text}dear diary\n`);
  expect(verifyExport(file).sentence).toMatch(/Line \d+ of .* is not a row of a journal/);
});

test('a CSV export holds every column, and no cell that a spreadsheet takes for a formula', () => {
  const { path, store } = aRunningStore();
  const nasty = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a,"b"\nc', "it's"];
  for (const before of nasty) {
    store.append([{ actor: actor('U0ANN'), before, what: { kind: 'stopped', why: '=cmd|calc' } }]);
  }

  const lines = parse([...exportJournal(path, 'csv')].join('')) as string[][];

  expect(lines[0]).toEqual([...columns]);
  expect(lines).toHaveLength(store.head.seq + 1);
  expect(lines.slice(-nasty.length).map((cells) => cells[columns.indexOf('before')])).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@x",
    "'\tx",
    "'\rx",
    'a,"b"\nc',
    "it's",
  ]);
  expect(lines.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
});

test('a backup is made beside a running bot, is one file, and verifies', async () => {
  const { folder, path, store } = aRunningStore();
  const { head } = store;

  const done = await backupJournal(path, `${folder}/copy.db`);
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());

  expect(done).toEqual({
    kind: 'backed_up',
    path: `${folder}/copy.db`,
    rows: head.seq,
    head,
    sentence: `Copied ${head.seq} rows up to #${head.seq} ${head.hash} to ${folder}/copy.db, and the copy verifies.`,
  });
  expect(readdirSync(folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
  expect(verifyJournal(`${folder}/copy.db`, [head]).kind).toBe('verified');
});

test('a backup never writes over a file and needs a journal to copy', async () => {
  const { folder, path } = aRunningStore();
  writeFileSync(`${folder}/precious`, 'x');

  expect(await backupJournal(path, `${folder}/precious`)).toEqual({
    kind: 'refused',
    sentence: `Refused: ${folder}/precious is there already; a backup never writes over a file. Name another one.`,
  });
  expect(readFileSync(`${folder}/precious`, 'utf8')).toBe('x');
  await expect(backupJournal(`${folder}/none.db`, `${folder}/copy.db`)).rejects.toThrow(
    DatabaseRefused,
  );
});

test('the drill: back up, lose the database, restore, go on', async () => {
  const { folder, path, store } = aRunningStore();
  await backupJournal(path, `${folder}/copy.db`);
  const { head } = store;
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());

  expect(() => restoreJournal(`${folder}/copy.db`, path, how)).toThrow(DatabaseHeld);
  store.close();
  writeFileSync(path, Buffer.alloc(8_192, 0x5a));
  expect(() => aStore({ path })).toThrow(DatabaseRefused);

  const done = restoreJournal(`${folder}/copy.db`, path, { ...how, anchor: head });

  expect(done).toMatchObject({
    kind: 'restored',
    rows: head.seq,
    head,
    open: [],
    aside: `${path}.before-restore-20261120120000`,
  });
  expect(readFileSync(`${path}.before-restore-20261120120000`)[0]).toBe(0x5a);
  const again = aStore({ path });
  expect(again.notes).toEqual([]);
  expect(again.head.seq).toBe(head.seq + 1);
  again.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});

test('a backup that does not verify, or lacks the anchor, changes nothing', async () => {
  const { folder, path, store } = aRunningStore();
  await backupJournal(path, `${folder}/old.db`);
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  const { head } = store;
  store.close();
  const before = readFileSync(path);

  const refused = restoreJournal(`${folder}/old.db`, path, { ...how, anchor: head });
  const itself = restoreJournal(path, path, how);

  expect(refused.kind).toBe('refused');
  expect(refused.sentence).toMatch(/nothing was changed.*its last row is missing/);
  expect(itself.sentence).toBe(`Refused: ${path} cannot be restored from itself.`);
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a closed database is one file, and verifying it leaves no other beside it', () => {
  const { folder, path, store } = aRunningStore();
  store.close();

  verifyJournal(path, [store.head]);

  expect(readdirSync(folder).sort()).toEqual(['p.db', 'p.db.key', 'p.db.lock', 'p.db.reserve']);
});

test('what was open in a restored journal needs a person, and the sentence says what the next start will do', async () => {
  const { folder, path, store } = aRunningStore();
  store.append(aRelease({ number: 2, from: 'green' }).requested().drafts());
  const { head } = store;
  await backupJournal(path, `${folder}/copy.db`);
  store.close();

  const done = restoreJournal(`${folder}/copy.db`, path, how);
  const again = aStore({ path });

  expect(done).toMatchObject({ kind: 'restored', rows: head.seq, open: ['checkout-2'] });
  expect(done.sentence).toContain(
    'checkout-2 was open in it and needs attention now: the next start reads the nodes and moves nothing until somebody says which side counts, with `pointsman settle checkout-2 blue|green because <reason>`.',
  );
  expect(again.rowsSince(head.seq).map(({ what }) => what)).toEqual([
    { kind: 'restored', from: `${folder}/copy.db`, open: ['checkout-2'] },
    expect.objectContaining({ kind: 'needs_attention', asks: 'side' }),
  ]);
  expect(again.release('checkout-2')?.state).toBe('needs_attention');
  expect(verifyJournal(path, [head]).kind).toBe('verified');
});
