import { closeSync, openSync, writeSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { holdDatabase } from '../../src/journal/hold-database.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BotProcess } from './bot-process.ts';
import { WholeBot, type Wish } from './whole-bot.ts';

let fleet: TestFleet;
let bots: WholeBot[] = [];

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());
afterEach(async () => {
  for (const node of fleet.nodes) node.resume();
  await Promise.all(bots.map((bot) => bot.end()));
  bots = [];
});

async function start(wish: Wish = {}): Promise<WholeBot> {
  const bot = await WholeBot.start(fleet, wish);
  bots.push(bot);
  return bot;
}

function verb(bot: WholeBot, ...words: string[]): BotProcess {
  return new BotProcess([...words, '--config', bot.config]);
}

async function stateOf(bot: WholeBot, id: string): Promise<string | undefined> {
  const kinds = bot.rows(id).map(({ kind }) => kind);
  return kinds.at(-1);
}

test('a rollback whose bot is killed in the middle is finished by the command that asked for it', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  await fleet.node(1).pause();

  const asked = verb(bot, 'rollback', 'checkout');
  await bot.untilRow('checkout-1', 'going_back');
  await waitUntil(() => /Going back|Awaiting acceptance|Switching/.test(asked.stdout));
  bot.process.kill('SIGKILL');
  await bot.process.ended;
  fleet.node(1).resume();
  const ended = await asked.ended;

  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(/^The bot went away; this command takes its place/m);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
  expect(await stateOf(bot, 'checkout-1')).toBe('ended');
});

test('a bot that is stopped is named within seconds, and does not carry it out when it goes on', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  bot.process.kill('SIGSTOP');

  const [back, status] = await Promise.all([
    verb(bot, 'rollback', 'checkout').ended,
    verb(bot, 'status', 'checkout').ended,
  ]);
  bot.process.kill('SIGCONT');
  await bot.until200('/readyz');
  const card = await bot.until('checkout-1', 'Awaiting acceptance');
  await bot.slack.asUser('rita').press(card, 'Accept');
  await bot.until('checkout-1', 'Completed');

  expect(back).toMatchObject({ code: 6, stdout: '' });
  expect(back.stderr).toMatch(
    new RegExp(`^Process ${bot.process.pid} on \\S+ holds ${bot.database} and does not answer`),
  );
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/^checkout · active green · checkout-1 Awaiting acceptance/);
  expect(bot.rows('checkout-1').map(({ kind }) => kind)).not.toContain('going_back');
});

test('without a bot, a rollback of what recovery takes back already says so, follows it and ends with 0', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  bot.process.kill('SIGKILL');
  await bot.process.ended;

  const back = await verb(bot, 'rollback', 'checkout', '--json').ended;

  expect(back.code).toBe(0);
  expect(JSON.parse(back.stdout)).toMatchObject({
    kind: 'done',
    release: 'checkout-1',
    // Whoever was quicker, recovery or this word: both are the way back.
    text: expect.stringMatching(/^checkout-1 (is going back to blue already: |goes back to blue )/),
    end: { release: 'checkout-1', state: expect.stringMatching(/rolled_back|aborted/), exit: 0 },
  });
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('without a bot, a question is answered while another command has the database', async () => {
  const bot = await start();
  await bot.request();
  await bot.stop();
  const hold = holdDatabase(bot.database, '2026-11-20T12:00:00.000Z');

  const [status, history, back] = await Promise.all([
    verb(bot, 'status').ended,
    verb(bot, 'status', 'history', 'checkout').ended,
    verb(bot, 'abort', 'checkout').ended,
  ]);
  hold.release();

  expect([status.code, history.code, back.code]).toEqual([0, 0, 6]);
  expect(status.stdout).toMatch(/checkout-1 Awaiting approval/);
  expect(history.stdout).toMatch(/checkout-1/);
  expect(back.stderr).toMatch(/^Refused: process \d+ on \S+ holds /);
});

/** Overwrites the root page of the journal's table, and makes whoever has it in memory read it anew. */
function damage(database: string): void {
  const db = new BetterSqlite(database);
  const page = Number(
    db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").pluck().get(),
  );
  db.exec('UPDATE outbox SET attempts = attempts');
  db.pragma('wal_checkpoint(TRUNCATE)');
  const file = openSync(database, 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
  closeSync(file);
  db.close();
}

test('with damaged pages a running bot still goes back; without one, status and rollback print the lines for every node', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  damage(bot.database);

  const back = await verb(bot, 'abort', 'checkout').ended;
  const went = await bot.memories();
  bot.process.kill('SIGKILL');
  await bot.process.ended;
  const [status, again] = await Promise.all([
    verb(bot, 'status').ended,
    verb(bot, 'rollback', 'checkout').ended,
  ]);

  expect(back.code).toBe(0);
  expect(went).toEqual(['backend_blue', 'backend_blue']);
  for (const { code, stdout, stderr } of [status, again]) {
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/is damaged .*`pointsman audit verify`.*`pointsman audit restore`/);
    for (const { mapFile } of fleet.nodes) {
      expect(stderr).toContain(`echo "set map ${mapFile} active backend_blue`);
      expect(stderr).toContain(`echo "set map ${mapFile} active backend_green`);
    }
  }
});
