import {
  chmodSync,
  cpSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { visibleText } from '../../demo/slack/message.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BotProcess, type Ended, runVerb } from './bot-process.ts';
import { WholeBot, type Wish } from './whole-bot.ts';

let fleet: TestFleet;
let bots: WholeBot[] = [];

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());

async function start(wish: Wish = {}): Promise<WholeBot> {
  const bot = await WholeBot.start(fleet, wish);
  bots.push(bot);
  return bot;
}

afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.end()));
  bots = [];
});

const isRoot = process.getuid?.() === 0;

/** True where another user can read what stands in this folder. */
function isOpenToAll(folder: string): boolean {
  const open = (statSync(folder).mode & 0o005) === 0o005;
  return open && (folder === dirname(folder) || isOpenToAll(dirname(folder)));
}

/** The exit code, and what a person reads: sentences on stderr, nothing on stdout, no stack. */
function refusal({ code, stdout, stderr }: Ended): { code: number | null; says: string } {
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at |node:internal|Error:/m);
  return { code, says: stderr.trim() };
}

test('a second bot on one database is refused with the pid and the host of the first', async () => {
  const bot = await start();

  const second = await bot.startAgain({ ready: false });
  const refused = refusal(await second.ended);

  expect(refused).toEqual({
    code: 6,
    says: expect.stringMatching(
      new RegExp(
        `^Refused: process \\d+ on ${hostname()} holds ${bot.database} since \\S+Z\\. .*stop that one first`,
      ),
    ),
  });
  expect(Number(/process (\d+)/.exec(refused.says)?.[1])).not.toBe(second.pid);
  expect((await bot.get('/readyz')).status).toBe(200);
});

test('a database that cannot be the journal ends the start with a sentence and is left as it was', async () => {
  const bot = await start();
  await bot.type('rita', '/release', 'checkout');
  await bot.until('checkout-1', 'Awaiting approval');
  expect((await bot.stop()).code).toBe(0);
  const whole = readFileSync(bot.database);
  const spoil: Readonly<Record<string, (path: string) => void>> = {
    text: (path) => writeFileSync(path, 'checkout is on blue\n'.repeat(500)),
    other: (path) => {
      rmSync(path);
      const db = new BetterSqlite(path);
      db.exec('CREATE TABLE recipe (name TEXT); PRAGMA user_version = 3');
      db.close();
    },
    newer: (path) => {
      const db = new BetterSqlite(path);
      db.pragma('user_version = 9999');
      db.close();
    },
    torn: (path) => {
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, 4096, bytes.length - 4096);
      writeFileSync(path, bytes);
    },
    missing_table: (path) => {
      const db = new BetterSqlite(path);
      db.exec('DROP TABLE outbox');
      db.close();
    },
  };

  const refusals = await Promise.all(
    Object.entries(spoil).map(async ([name, harm]) => {
      const path = join(bot.folder, `${name}.db`);
      cpSync(bot.database, path);
      harm(path);
      const before = readFileSync(path);
      const config = join(bot.folder, `${name}.yaml`);
      writeFileSync(config, readFileSync(bot.config, 'utf8').replace(bot.database, path));
      const ended = await runVerb(['start', '--config', config], { ...bot.environment, PORT: '0' });
      return [name, { ...refusal(ended), untouched: readFileSync(path).equals(before) }];
    }),
  );

  const sentence = (words: RegExp, untouched: unknown = true) => ({
    code: 1,
    says: expect.stringMatching(words),
    untouched,
  });
  expect(Object.fromEntries(refusals)).toEqual({
    text: sentence(/^Refused: \S+ is not a SQLite file\. Nothing was changed/),
    other: sentence(/^Refused: \S+ is a SQLite database of another program\. Nothing was changed/),
    newer: sentence(/^Refused: .* has schema 9999, .*newer Pointsman/, expect.anything()),
    torn: sentence(/^Refused: \S+ is damaged .*`pointsman audit restore`/),
    missing_table: sentence(/^Refused: \S+ lacks the table outbox\./, expect.anything()),
  });
});

test.skipIf(isRoot && !isOpenToAll(import.meta.dirname))(
  'a folder that cannot be written ends the start with a sentence',
  async () => {
    const bot = await start({ start: false });
    // The superuser may write everywhere: then it is nobody who starts it.
    const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
    chmodSync(bot.folder, 0o555);

    const started = new BotProcess(['start', '--config', bot.config], bot.environment, user);
    const refused = refusal(await started.ended);
    chmodSync(bot.folder, 0o755);

    expect(refused).toEqual({
      code: 1,
      says: `Refused: the folder ${bot.folder} (SQLite keeps files beside the database) is read-only for this user. The journal must be writable before anything is moved: change its owner or mode.`,
    });
  },
);

test('with a row rewritten behind its back it starts, says so, and begins nothing: an approved release does not switch', async () => {
  const bot = await start();
  const { slack } = bot;
  await slack.asUser('rita').press(await bot.releaseToAcceptance('checkout-1'), 'Accept');
  await bot.until('checkout-1', 'Completed');
  await bot.request('checkout-2');
  await bot.stop();
  rewriteRow(bot.database, 3);

  const verified = await bot.verb('audit', 'verify');
  await bot.startAgain({ ready: false });
  await slack.waitFor(() => slack.connections === 1, 60_000);
  const again = await bot.type('rita', '/release', 'checkout');
  const asked = await bot.until('checkout-2', 'Awaiting approval');
  await slack.asUser('ann').press(asked, 'Approve');
  const failed = await bot.until('checkout-2', 'Failed');
  const onGreen = await bot.memories();
  await bot.type('rita', '/rollback', 'checkout because the journal was touched');
  await bot.until('checkout-3', 'Completed');
  const ready = await bot.get('/readyz');
  const unlock = 'unlock journal because row 3 was me';
  const byRita = await bot.type('rita', '/release', unlock);
  const byOlaf = await bot.type('olaf', '/release', unlock);
  const readyAgain = await bot.get('/readyz');

  expect(byRita).toMatch(/^Refused: /);
  expect(byOlaf).toBe('The journal counts as it stands: releases may begin again.');
  expect(readyAgain.status).toBe(200);
  expect([verified.code, verified.stdout + verified.stderr]).toEqual([
    3,
    expect.stringMatching(/row 3|#3/),
  ]);
  expect(ready).toEqual({
    status: 503,
    body: { ready: false, reasons: [expect.stringMatching(/^Row 3 is the first bad row/)] },
  });
  expect(again).toMatch(/^Refused: the journal does not verify, so nothing new is begun: /);
  expect(visibleText(failed)).toMatch(/Nothing was moved: the journal does not verify/);
  expect(onGreen).toEqual(['backend_green', 'backend_green']);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
}, 180_000);

test('a broken configuration, a missing environment and both tokens end the start with 2, all problems at once', async () => {
  const bot = await start({ start: false });
  const broken = join(bot.folder, 'broken.yaml');
  const text = readFileSync(bot.config, 'utf8');
  writeFileSync(broken, `${text.replace('kind: map', 'kind: teleport')}surprise: 1\n`);
  const env = bot.environment;
  const both = { ...env, SLACK_SIGNING_SECRET: 'a'.repeat(32) };
  const withoutSlack = { PORT: env.PORT ?? '' };

  const refusals = await Promise.all(
    [
      runVerb(['start', '--config', broken], env),
      runVerb(['start', '--config', bot.config], withoutSlack),
      runVerb(['start', '--config', bot.config], both),
      runVerb(['start', '--config', join(bot.folder, 'nowhere.yaml')], env),
      runVerb(['start', '--config', bot.config], { ...env, PORT: '99999', HOST: 'not a host' }),
      runVerb(['start', '--confg', bot.config], env),
    ].map(async (ended) => refusal(await ended)),
  );

  expect(refusals.map(({ code }) => code)).toEqual(Array(6).fill(2));
  expect(refusals.map(({ says }) => says.split('\n'))).toEqual([
    [
      expect.stringMatching(/^broken\.yaml, line \d+: surprise: expected/),
      expect.stringMatching(
        /^broken\.yaml, line \d+: services\.checkout\.route\.kind: expected map[a-z, ]*, found "teleport"/,
      ),
    ],
    [
      expect.stringMatching(/^Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set/),
      "SLACK_BOT_TOKEN: expected the app's bot token, which begins with xoxb-, found nothing",
    ],
    [expect.stringMatching(/are both set/)],
    [expect.stringMatching(/nowhere\.yaml does not exist/)],
    [expect.stringMatching(/^PORT: /), expect.stringMatching(/^HOST: /)],
    [expect.stringMatching(/confg.*Did you mean --config\?/)],
  ]);
  for (const { says } of refusals) {
    expect(says).not.toContain(env.SLACK_BOT_TOKEN);
    expect(says).not.toContain(env.SLACK_APP_TOKEN);
  }
});

test('a start without a node of an open release is refused with 2, naming settle; with the node it goes on', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  expect((await bot.stop()).code).toBe(0);

  bot.configure({ without: ['lb-2'] });
  const without = refusal(await (await bot.startAgain({ ready: false })).ended);
  bot.configure({});
  await bot.startAgain();
  const card = await bot.until('checkout-1', 'Awaiting acceptance');
  await bot.slack.asUser('rita').press(card, 'Accept');
  await bot.until('checkout-1', 'Completed');

  expect(without).toEqual({
    code: 2,
    says: expect.stringMatching(
      /^Refused: checkout-1 is still open.* no longer names lb-2\..*`pointsman settle checkout-1 blue\|green because <reason>`/,
    ),
  });
});

test('healthz and readyz say what holds, with and without Slack', async () => {
  const bot = await start();

  const well = [await bot.get('/healthz'), await bot.get('/readyz')];
  const lost = [await bot.get('/slack/events'), await bot.get('/nothing')];
  bot.slack.faults.down();
  await bot.slack.waitFor((slack) => slack.connections === 0);
  const away = await untilNotReady(bot);
  const alive = await bot.get('/healthz');
  bot.slack.faults.up();
  await bot.until200('/readyz');

  expect(well).toEqual([
    { status: 200, body: { status: 'alive' } },
    { status: 200, body: { ready: true, reasons: [] } },
  ]);
  expect(lost.map(({ status }) => status)).toEqual([404, 404]);
  expect(away).toEqual({
    status: 503,
    body: { ready: false, reasons: [expect.stringMatching(/status 503/)] },
  });
  expect(alive.status).toBe(200);
});

/** Somebody with the file in their hands: the guards taken off, one name changed. */
function rewriteRow(database: string, seq: number): void {
  const db = new BetterSqlite(database);
  const guard = db.prepare("SELECT name, sql FROM sqlite_schema WHERE name = 'journal_no_update'");
  const { sql } = guard.get() as { sql: string };
  db.exec('DROP TRIGGER journal_no_update');
  db.prepare("UPDATE journal SET actor = 'U0MALLORY' WHERE seq = ?").run(seq);
  db.exec(sql);
  db.close();
}

async function untilNotReady(bot: WholeBot) {
  return waitUntil(async () => {
    const answer = await bot.get('/readyz');
    const { reasons = [] } = answer.body as { reasons?: readonly string[] };
    return reasons.some((why) => why.includes('status 503')) ? answer : undefined;
  });
}

test('a start that Slack refuses in the middle of a recovery ends everything it began, and leaves the rest to the command line', async () => {
  const bot = await start();
  await bot.releaseToAcceptance();
  bot.process.kill('SIGKILL');
  await bot.process.ended;
  await fleet.node(1).pause();

  const started = new BotProcess(['start', '--config', bot.config], {
    ...bot.environment,
    SLACK_BOT_TOKEN: 'xoxb-0-revoked',
  });
  const refused = refusal({ ...(await started.ended), stdout: '' });
  fleet.node(1).resume();
  const back = await bot.verb('rollback', 'checkout');

  expect(refused.code).toBe(2);
  expect(refused.says).toMatch(/Slack does not accept SLACK_BOT_TOKEN: /);
  expect(started.stdout).not.toMatch(/not open|is closed/);
  expect(back.code).toBe(0);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('a database whose socket would have no place is refused with 2, before anything is opened', async () => {
  const bot = await start({ start: false });
  const deep = join(bot.folder, 'd'.repeat(100), 'pointsman.db');
  writeFileSync(bot.config, readFileSync(bot.config, 'utf8').replace(bot.database, deep));

  const refused = refusal(await (await bot.startAgain({ ready: false })).ended);

  expect(refused).toEqual({
    code: 2,
    says: expect.stringMatching(
      /^pointsman\.yaml, line 1: database: expected a path of at most 102 bytes, found .*107 bytes/,
    ),
  });
});

test('a second bot that comes to the database over a link is refused like any other', async () => {
  const bot = await start();
  const link = join(bot.folder, 'elsewhere');
  symlinkSync(bot.folder, link);
  const config = join(bot.folder, 'linked.yaml');
  const linked = join(link, 'pointsman.db');
  writeFileSync(config, readFileSync(bot.config, 'utf8').replace(bot.database, linked));

  const second = refusal(
    await runVerb(['start', '--config', config], { ...bot.environment, PORT: '0' }),
  );
  const asked = await runVerb(['status', '--config', config]);

  expect(second.code).toBe(6);
  expect(second.says).toContain(`holds ${bot.database} since`);
  expect(asked.code).toBe(0);
});
