import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { backupJournal } from '../../src/journal/backup.ts';
import { holderOfDatabase } from '../../src/journal/hold-database.ts';
import { JournalKey } from '../../src/journal/journal-key.ts';
import { Mirror } from '../../src/journal/mirror.ts';
import { Reserve } from '../../src/journal/reserve.ts';
import { aFolder, aStore } from '../support/journal-store.ts';
import { waitUntil } from '../support/wait-until.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('everything of a database is for its own user alone, also what an earlier program left open', async () => {
  const folder = aFolder();
  const path = `${folder}/p.db`;
  aStore({ path }).close();
  for (const name of readdirSync(folder)) chmodSync(`${folder}/${name}`, 0o644);

  const store = aStore({ path });
  store.append([]);
  await backupJournal(path, `${folder}/copy.db`);

  const open = readdirSync(folder).filter((name) => (modeOf(`${folder}/${name}`) & 0o077) !== 0);
  expect(open).toEqual([]);
  expect(readdirSync(folder)).toContain('p.db-wal');
});

test('a folder that takes everybody’s files is refused, one with a sticky bit is not', () => {
  const folder = `${aFolder()}/open`;
  mkdirSync(folder);
  chmodSync(folder, 0o777);

  expect(() => aStore({ path: `${folder}/p.db` })).toThrow(
    `Refused: every user of this machine may put files into ${folder} and take the database away: \`chmod o-w ${folder}\`.`,
  );
  chmodSync(folder, 0o1777);
  expect(aStore({ path: `${folder}/p.db` }).head.seq).toBe(0);
});

test.each(['.lock', '.reserve', '.mirror.jsonl', '-wal', '-shm', '.sock'])(
  'a link where %s belongs is refused, and where it leads nothing is written',
  (end) => {
    const folder = aFolder();
    const elsewhere = `${folder}/elsewhere`;
    writeFileSync(elsewhere, 'mine');
    symlinkSync(elsewhere, `${folder}/p.db${end}`);

    expect(() => aStore({ path: `${folder}/p.db` })).toThrow(`p.db${end} is a link`);
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
    expect(existsSync(`${folder}/p.db`)).toBe(false);
  },
);

describe('a link that is made while the bot runs is not followed', () => {
  test('by the reserve', () => {
    const database = `${aFolder()}/p.db`;
    writeFileSync(`${database}.elsewhere`, 'mine');
    symlinkSync(`${database}.elsewhere`, `${database}.reserve`);

    expect(new Reserve(database, 1024).take()).toBe(true);

    expect(readFileSync(`${database}.elsewhere`, 'utf8')).toBe('mine');
    expect(lstatSync(`${database}.reserve`).isSymbolicLink()).toBe(false);
  });

  test('by the mirror', () => {
    const database = `${aFolder()}/p.db`;
    writeFileSync(`${database}.elsewhere`, 'mine\n');
    symlinkSync(`${database}.elsewhere`, `${database}.mirror.jsonl`);

    expect(() => new Mirror(database, JournalKey.of(database)).append([])).toThrow('ELOOP');

    expect(readFileSync(`${database}.elsewhere`, 'utf8')).toBe('mine\n');
  });
});

/** Only root can give a file to somebody else. */
const isRoot = process.getuid?.() === 0;

describe.runIf(isRoot)('what another user put beside the database is not believed', () => {
  test.each(['', '-wal', '-shm', '.lock'])('p.db%s is refused, and is left as it is', (end) => {
    const path = `${aFolder()}/p.db`;
    aStore({ path }).close();
    writeFileSync(`${path}${end}`, '', { flag: 'a' });
    chownSync(`${path}${end}`, 65_534, 65_534);

    expect(() => aStore({ path })).toThrow(
      `Refused: ${path}${end} belongs to user 65534, and Pointsman runs as user 0: somebody else may have written it.`,
    );
    expect(statSync(`${path}${end}`).uid).toBe(65_534);
  });

  test('a reserve is made anew: somebody else may give its space away', () => {
    const database = `${aFolder()}/p.db`;
    const reserve = new Reserve(database, 1024);
    reserve.take();
    chownSync(reserve.path, 65_534, 65_534);

    expect(reserve.held).toBe(false);
    expect(reserve.take()).toBe(true);
    expect(statSync(reserve.path).uid).toBe(0);
  });

  test('a key is made anew, and people are told', () => {
    const path = `${aFolder()}/p.db`;
    aStore({ path }).close();
    const planted = 'ab'.repeat(32);
    writeFileSync(`${path}.key`, planted);
    chownSync(`${path}.key`, 65_534, 65_534);

    const store = aStore({ path });

    expect(store.start.findings.map(({ sentence }) => sentence)).toEqual([
      `The key ${path}.key was not Pointsman's, and was replaced.`,
    ]);
    expect(readFileSync(`${path}.key`, 'utf8')).not.toContain(planted);
    expect(statSync(`${path}.key`)).toMatchObject({ uid: 0 });
  });
});

test('a key that a crash left empty is made anew', () => {
  const path = `${aFolder()}/p.db`;
  aStore({ path }).close();
  writeFileSync(`${path}.key`, '');

  expect(aStore({ path }).start.findings).toHaveLength(1);
  expect(aStore({ path: `${aFolder()}/q.db` }).start.findings).toEqual([]);
  expect(JournalKey.read(path)).toBeDefined();
});

/** Takes a read lock on SQLite's pending byte, as any user could who may read the file. */
const locker = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1]);
  db.exec('BEGIN IMMEDIATE');
  console.log('locked');
  setInterval(() => {}, 1000);
`;

test('a lock of another program is not told as the last Pointsman, which has ended', async () => {
  const path = `${aFolder()}/p.db`;
  const before = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => before.once('exit', resolve));
  const store = aStore({ path });
  store.close();
  const child = spawn(
    process.execPath,
    [
      '-e',
      locker.replace(
        "console.log('locked')",
        `db.exec("COMMIT; UPDATE holder SET pid = ${before.pid}; BEGIN IMMEDIATE"); console.log('locked')`,
      ),
      `${path}.lock`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += String(chunk);
    });
    await waitUntil(() => said.includes('locked'));

    expect(holderOfDatabase(path)).toBe(
      `process ${child.pid} (node), which is no Pointsman (the last one, process ${before.pid}, has ended),`,
    );
    expect(() => aStore({ path })).toThrow('which is no Pointsman');
  } finally {
    child.kill('SIGKILL');
  }
});
