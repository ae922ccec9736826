import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let demo: ChildProcess | undefined;
let output = '';
afterEach(async () => {
  demo?.kill('SIGTERM');
  if (demo !== undefined) await gone(demo);
  demo = undefined;
});

test('Ctrl-C ends the demo, and leaves neither process nor file', async () => {
  await startAndWait();
  const processes = below(demo?.pid ?? 0);
  const folder = /\/\S+pointsman-demo-\w+/.exec(output)?.[0] ?? '';
  expect(existsSync(folder)).toBe(true);
  // Applications, three masters with a worker each, the bot.
  expect(processes.length).toBeGreaterThanOrEqual(8);

  demo?.kill('SIGINT');
  const code = await gone(demo as ChildProcess);

  expect(code).toBe(0);
  await waitUntil(() => processes.filter(isAlive).length === 0, { what: 'every process to end' });
  expect(existsSync(folder)).toBe(false);
});

test('a bot that dies ends the demo with a sentence, exit code 1, and nothing left', async () => {
  await startAndWait();
  const processes = below(demo?.pid ?? 0);
  const bot = processes.find((pid) => commandOf(pid).includes('dist/main.js'));

  process.kill(bot ?? 0, 'SIGKILL');
  const code = await gone(demo as ChildProcess);

  expect(output).toContain('The bot is gone (ended by SIGKILL). It said:');
  expect(code).toBe(1);
  await waitUntil(() => processes.filter(isAlive).length === 0, { what: 'every process to end' });
});

test('a port that is taken is said, and what was started before is ended', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });

  start('--port', String(port));
  const code = await gone(demo as ChildProcess);
  taken.close();

  expect(output).toContain(`Port ${port} is taken by another program.`);
  expect(code).toBe(1);
});

test.each([
  [['--port', 'http'], '--port "http" is not a port from 1 to 65535.'],
  [['--scirpt'], "Unknown option '--scirpt'"],
  [['--route', 'percentage'], '--route "percentage" is none of map, '],
])('what cannot be understood is answered with the usage: %j', async (words, sentence) => {
  start(...words);
  const code = await gone(demo as ChildProcess);

  expect(output).toContain(sentence);
  expect(output).toContain('npm run demo -- --script');
  expect(code).toBe(2);
});

function start(...words: readonly string[]): void {
  output = '';
  demo = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts', ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [demo.stdout, demo.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  }
}

/** Started, and everything in it runs. */
async function startAndWait(): Promise<void> {
  start();
  const runs = () => output.includes('Ctrl-C ends everything');
  await waitUntil(() => runs() || demo?.exitCode !== null, { timeout: 40_000, what: 'the demo' });
  if (!runs()) throw new Error(`The demo did not start:\n${output}`);
}

/** Exit code, once all its output has come. */
async function gone(child: ChildProcess): Promise<number | null> {
  await waitUntil(() => child.exitCode !== null || child.signalCode !== null, { timeout: 40_000 });
  await waitUntil(() => child.stdout?.readableEnded && child.stderr?.readableEnded);
  return child.exitCode;
}

/** All processes below this one, from /proc. */
function below(pid: number): readonly number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((one) => parentOf(one) === pid);
  return [...children, ...children.flatMap(below)];
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A process that has ended and is not yet waited for has no command line. */
function isAlive(pid: number): boolean {
  return commandOf(pid) !== '';
}
