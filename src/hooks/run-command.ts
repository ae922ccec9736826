import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { Deadline } from '../timing/deadline.ts';
import { OutputBudget, type OutputDeps, OutputLines } from './output-lines.ts';
import { endGroup } from './process-group.ts';

export interface CommandAsk {
  readonly argv: readonly string[];
  /** Everything the command sees of the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** File mode mask of what it writes; this process' own. */
  readonly umask?: number | undefined;
  /** Ends it, its whole group. */
  readonly signal: AbortSignal;
  /** Between SIGTERM and SIGKILL, milliseconds. */
  readonly graceMs: number;
  readonly output: Omit<OutputDeps, 'budget'>;
}

/** How a command ended by itself, or that it had to be ended. `last`: the last line it said. */
export type CommandEnd =
  | { readonly kind: 'not_started'; readonly why: string }
  | {
      readonly kind: 'exited';
      readonly code: number | null;
      readonly by: string | null;
      readonly last: string;
    }
  | { readonly kind: 'ended'; readonly last: string };

/** What was said before the end is still in the pipe: so long it is waited for, milliseconds. */
const tailMs = 500;
/** A command that floods its output must not keep the program from everything else, milliseconds between two pieces. */
const floodPauseMs = 5;

/**
 * Runs one program without a shell, in a process group of its own, its input closed. Whatever of the group is left when
 * it ends is ended with it. Never rejects.
 */
export async function runCommand({
  argv: [program = '', ...rest],
  variables,
  umask,
  signal,
  graceMs,
  output,
}: CommandAsk): Promise<CommandEnd> {
  const child = withUmask(umask, () =>
    execa(program, rest, {
      env: variables,
      extendEnv: false,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      detached: true,
      cleanup: false,
    }),
  );
  const exit = new Promise<{ code: number | null; by: string | null }>((resolve) =>
    child.once('exit', (code, by) => resolve({ code, by })),
  );
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (child.pid === undefined) {
    const { originalMessage, shortMessage } = await child;
    return { kind: 'not_started', why: originalMessage ?? shortMessage ?? 'no reason was given' };
  }
  // Its result is told by `exit`; a pipe that is closed early is no malfunction.
  child.catch(() => undefined);
  const budget = new OutputBudget();
  const lines = [child.stdout, child.stderr].map((stream) => listen(stream, budget, output));
  const ended = await Promise.race([exit, aborted(signal)]);
  await endGroup(child.pid, graceMs);
  await closedWithin(closed, tailMs);
  child.stdout.destroy();
  child.stderr.destroy();
  for (const one of lines) one.end();
  const last = lines.map((one) => one.last).findLast((line) => line !== '') ?? '';
  return ended === undefined ? { kind: 'ended', last } : { kind: 'exited', ...ended, last };
}

/** A child has the mask that this process has while it is started, which happens at once. */
function withUmask<T>(umask: number | undefined, start: () => T): T {
  if (umask === undefined) return start();
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

function listen(
  stream: Readable,
  budget: OutputBudget,
  output: Omit<OutputDeps, 'budget'>,
): OutputLines {
  const lines = new OutputLines({ ...output, budget });
  stream.on('data', (chunk: Buffer) => {
    lines.push(chunk);
    if (!budget.spent) return;
    stream.pause();
    setTimeout(() => stream.resume(), floodPauseMs);
  });
  stream.on('error', () => undefined);
  return lines;
}

async function closedWithin(closed: Promise<void>, ms: number): Promise<void> {
  let tail: Deadline | undefined;
  const late = new Promise<void>((resolve) => {
    tail = new Deadline(ms, resolve);
  });
  await Promise.race([closed, late]);
  tail?.cancel();
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
