// What a long journal costs, in one run: `npm run build && npx tsx bench/at-scale.ts [rows] [folder]`. The bot is the one that
// ships, in front of a local Slack; journals are made once and kept in the folder (some 1.1 GB for a million rows).
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import { stringify } from 'yaml';
import type { LocalSlack } from '../demo/slack/local-slack.ts';
import { startLocalSlack } from '../demo/slack/start-local-slack.ts';
import { openStore } from '../src/journal/open-store.ts';
import { declaredQueries } from '../src/journal/query.ts';
import { announce } from '../src/release/announce.ts';
import { TestClock } from '../test/support/clock.ts';
import { freePort } from '../test/support/free-port.ts';
import { makeJournal, nodes, program, services, wholeRelease } from './make-journal.ts';

const rows = Number(process.argv[2] ?? 1_000_000);
const folder = process.argv[3] ?? '/var/tmp/pointsman-bench';
const longestMs = 900_000;
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const watcher = new URL('watch-loop.mjs', import.meta.url).href;

interface Found {
  readonly hold: { readonly wallMs: number; readonly cpuMs: number; readonly atMs: number };
  readonly peakMb: number;
  readonly cpuS: number;
}

function journalOf(count: number): string {
  const path = join(folder, `${count}.db`);
  if (!existsSync(path)) makeJournal(path, count);
  return path;
}

function configOf(database: string): string {
  const path = `${database}.yaml`;
  const entries = services.map((name) => [
    name,
    {
      fleet: 'edge',
      route: { kind: 'map', map: 'bluegreen', key: name },
      sides: { blue: 'backend_blue', green: 'backend_green' },
      approval: { approvers: 0 },
    },
  ]);
  const fleet = nodes.map((name, i) => ({
    name,
    runtime: `unix://${folder}/${name}.sock`,
    frontend: `http://127.0.0.1:${i + 1}`,
    maps: { bluegreen: { id: `${folder}/${name}.map`, file: `file://${folder}/${name}.map` } },
  }));
  const roles = { viewer: ['*'], operator: [`cli:${userInfo().username}`], releaser: ['U0RITA'] };
  writeFileSync(
    path,
    stringify({
      database,
      slack: { channel: 'C0RELEASES' },
      roles,
      fleets: { edge: { nodes: fleet } },
      services: Object.fromEntries(entries),
      drift: { every: '10m' },
    }),
  );
  return path;
}

/** Runs the program and, at its end, tells what it took. */
async function watched(
  words: readonly string[],
  { flags = [], env = {}, meanwhile }: Watch = {},
): Promise<Found> {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...flags, '--import', watcher, main, ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH, HOME, TZ: 'UTC', LOG_LEVEL: 'fatal', BENCH_REPORT: report, ...env },
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const gone = ended.then((code) => {
    throw new Error(`\`${words.join(' ')}\` ended with ${code}.`);
  });
  if (meanwhile === undefined) gone.catch(() => undefined);
  else {
    await Promise.race([meanwhile(child.pid ?? 0), gone]);
    gone.catch(() => undefined);
    child.kill('SIGTERM');
  }
  await ended;
  return JSON.parse(readFileSync(report, 'utf8')) as Found;
}

interface Watch {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly meanwhile?: (pid: number) => Promise<void>;
}

/** User and system time of all threads, in seconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** A start up to ready, and with `proves` on until the thread has proved the whole. */
async function start(
  slack: LocalSlack,
  database: string,
  { flags = [], proves }: { readonly flags?: readonly string[]; readonly proves: boolean },
) {
  const port = await freePort();
  const env = {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    PORT: String(port),
  };
  const ready = { cpuS: Number.NaN, mb: Number.NaN, s: Number.NaN };
  const began = performance.now();
  const meanwhile = async (pid: number) => {
    await untilReady(`http://127.0.0.1:${port}/readyz`);
    Object.assign(ready, {
      cpuS: cpuOf(pid),
      mb: residentOf(pid),
      s: (performance.now() - began) / 1000,
    });
    if (proves) await untilAtRest(pid);
  };
  const found = await watched(['start', '--config', configOf(database)], { flags, env, meanwhile });
  return { ready, found };
}

/** Throws with what keeps it from being ready: a journal that another source made has tables that differ. */
async function untilReady(url: string): Promise<void> {
  for (const began = performance.now(); ; ) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    const { reasons } = ((await answer?.json()) ?? {}) as { reasons?: readonly string[] };
    if (performance.now() - began > longestMs) throw new Error(reasons?.join(' '));
    await pause(20);
  }
}

/** Until three seconds took next to no CPU time. */
async function untilAtRest(pid: number): Promise<void> {
  for (let before = cpuOf(pid); ; ) {
    await pause(3_000);
    const now = cpuOf(pid);
    if (now - before < 0.3) return;
    before = now;
  }
}

/** CPU milliseconds of all that the journal does for one release: its rows one by one, and its messages. */
function releaseMs(path: string): number {
  const store = openStore({
    path,
    clock: new TestClock('2026-01-01T00:00:00.000Z'),
    configDigest: 'f'.repeat(64),
    announce,
    program,
  });
  try {
    for (const item of store.waiting(0, 1_000)) store.sent(item, null);
    const first = Math.ceil(store.head.seq / 600) + 10;
    const times = Array.from({ length: 25 }, (_, i) => {
      const before = process.cpuUsage();
      for (const draft of wholeRelease('shop-d', first + i, store.head.seq + 1)) {
        store.append([draft]);
        for (const item of store.waiting(0, 100)) {
          store.announcement(item);
          store.take(item);
          store.sent(item, { channel: 'C0RELEASES', ts: `${item.id}` });
        }
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    }).sort((a, b) => a - b);
    return times[12] ?? Number.NaN;
  } finally {
    store.close();
  }
}

function outboxPlan(path: string): string {
  const db = new BetterSqlite(path, { readonly: true });
  try {
    const found = declaredQueries().find(({ sql }) => /FROM outbox o .*INDEXED/s.test(sql));
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${found?.sql}`).all(0, 100);
    return (plan as { detail: string }[]).map(({ detail }) => detail).join('; ');
  } finally {
    db.close();
  }
}

function tell(what: string, figure: string, goal = ''): void {
  console.log(`| ${what} | ${figure} | ${goal} |`);
}

function tellStart(what: string, { ready, found }: Awaited<ReturnType<typeof start>>): void {
  const { hold, peakMb, cpuS } = found;
  tell(`${what}: to ready`, `${ready.cpuS.toFixed(1)} s CPU (${ready.s.toFixed(1)} s)`, '5 s CPU');
  tell(
    `${what}: RSS when ready, at most`,
    `${ready.mb.toFixed(0)} MB, ${peakMb.toFixed(0)} MB`,
    '300 MB',
  );
  tell(
    `${what}: longest hold of the event loop`,
    `${hold.cpuMs.toFixed(0)} ms CPU (${hold.wallMs.toFixed(0)} ms), ${(hold.atMs / 1_000).toFixed(1)} s after its start`,
    '50 ms',
  );
  tell(`${what}: CPU in all`, `${cpuS.toFixed(1)} s`);
}

mkdirSync(folder, { recursive: true, mode: 0o700 });
const long = journalOf(rows);
const short = journalOf(1_000);
const slack = await startLocalSlack();
const flags = ['--max-old-space-size=256'];
console.log(`| ${rows} rows, ${program}, Node ${process.version} | | goal |\n|---|---|---|`);
try {
  tellStart('start', await start(slack, long, { proves: false }));
  tellStart('start, heap of 256 MB', await start(slack, long, { flags, proves: true }));
  const verified = await watched(['audit', 'verify', '--config', configOf(long)]);
  tell(
    '`audit verify`',
    `${Math.round(rows / verified.cpuS)} rows/s CPU, ${verified.peakMb.toFixed(0)} MB`,
  );
  const [few, many] = [releaseMs(short), releaseMs(long)];
  tell(
    'the journal’s own CPU time of one release, 1,000 rows and all',
    `${few.toFixed(1)} ms, ${many.toFixed(1)} ms: ${(many / few).toFixed(2)}x`,
    '1x',
  );
  tell('the outbox query', outboxPlan(long));
  rmSync(`${long}.checkpoint`);
  tellStart('start without a checkpoint', await start(slack, long, { flags, proves: false }));
} finally {
  await slack.close();
}
process.exit();
