import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { DatabaseHeld } from '../../src/journal/errors.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { compiled } from '../support/compiled.ts';
import { aFolder, aStore } from '../support/journal-store.ts';
import { Program } from '../support/run-program.ts';
import { waitUntil } from '../support/wait-until.ts';

const program = compiled('test/journal/programs/append-forever.ts');

function refusalOf(open: () => unknown): unknown {
  try {
    open();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a second process is refused with who has the database, and has it once that one is killed', async () => {
  const path = `${aFolder()}/p.db`;
  const first = new Program(program, [path]);
  await waitUntil(() => first.lines.length > 2, { timeout: 50_000 });

  const refusal = refusalOf(() => aStore({ path }));

  expect(refusal).toBeInstanceOf(DatabaseHeld);
  expect(refusal).toMatchObject({
    holder: `process ${first.child.pid} on ${hostname()}`,
    message: `Refused: process ${first.child.pid} on ${hostname()} holds ${path} since 2026-11-20T10:00:00.000Z. One process owns the database: stop that one first, or give it the command.`,
  });
  expect(verifyJournal(path).kind).toBe('verified');

  first.kill();
  await first.ended();

  expect(aStore({ path }).head.seq).toBeGreaterThan(0);
});

test('of processes that start at once exactly one has the database', async () => {
  const path = `${aFolder()}/p.db`;
  const racers = Array.from({ length: 4 }, () => new Program(program, [path]));

  await waitUntil(() => racers.filter(({ child }) => child.exitCode !== null).length === 3, {
    timeout: 60_000,
  });

  const [winner] = racers.filter(({ child }) => child.exitCode === null);
  await waitUntil(() => (winner?.lines.length ?? 0) > 0);
  const losers = racers.filter((racer) => racer !== winner);
  expect(losers.map(({ stderr }) => /DatabaseHeld: Refused: process/.test(stderr))).toEqual([
    true,
    true,
    true,
  ]);
});

test('the refused one does not touch the database', () => {
  const folder = aFolder();
  const path = `${folder}/p.db`;
  const store = aStore({ path });

  expect(() => aStore({ path })).toThrow(DatabaseHeld);

  store.append([]);
  expect(existsSync(`${path}.lock`)).toBe(true);
  store.close();
  expect(aStore({ path }).head.seq).toBe(0);
});
