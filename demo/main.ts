import { readArguments, usage } from './arguments.ts';
import { Endings } from './endings.ts';
import { brisk, unhurried } from './pace.ts';
import { demoRoutes } from './routes/all.ts';
import type { RouteName } from './routes/names.ts';
import { play } from './script/play.ts';
import { aloneLines } from './slack-alone.ts';
import { watch } from './watch.ts';
import { startSlack, startWorld } from './world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const reportError = (line: string) => void process.stderr.write(`${line}\n`);
// A terminal that is gone must not keep the demo from ending what it started.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const stopping = new AbortController();
const endings = new Endings();
let fault: unknown;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // npm and the terminal may both pass on the same Ctrl-C: the first one counts.
  process.on(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    fault ??= error;
    stopping.abort(error);
  });
}

process.exitCode = await main();
// Whatever still holds the event loop open was ended above or is not worth waiting for.
process.exit();

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  if (asked.kind === 'help' || asked.kind === 'wrong') {
    if (asked.kind === 'help') say(usage);
    else reportError(`${asked.sentence}\n${usage}`);
    return asked.kind === 'help' ? 0 : 2;
  }
  const code = await (asked.kind === 'slack' ? slackAlone(asked.port) : run(asked));
  const problems = await endings.end();
  for (const problem of problems) reportError(problem);
  return problems.length > 0 ? 1 : code;
}

/** Exit code: 0 where every step held, or the person ended the demo; 1 otherwise, with a sentence. */
async function run(asked: {
  kind: 'watch' | 'script';
  route: RouteName;
  port?: number;
}): Promise<number> {
  const { signal } = stopping;
  const pace = asked.kind === 'script' ? brisk : unhurried;
  const port = asked.port === undefined ? {} : { port: asked.port };
  try {
    const route = demoRoutes[asked.route];
    const world = await startWorld({ setup: route, pace, endings, signal, say, ...port });
    if (asked.kind === 'script') await play(world, route, { signal, say });
    else await watch(world, route, { endings, signal, say });
  } catch (error) {
    if (fault === undefined && signal.aborted) return stopped(asked.kind);
    reportError(`\n${sentenceOf(fault ?? error)}`);
    return 1;
  }
  if (fault === undefined) return signal.aborted ? stopped(asked.kind) : 0;
  reportError(`\n${sentenceOf(fault)}`);
  return 1;
}

/** The local Slack until Ctrl-C, and what a bot of one's own is started with. */
async function slackAlone(port: number | undefined): Promise<number> {
  try {
    const slack = await startSlack(port);
    endings.add('the local Slack', () => slack.close());
    for (const line of aloneLines(slack)) say(line);
    await new Promise<void>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return stopped('watch');
  } catch (error) {
    reportError(`\n${sentenceOf(error)}`);
    return 1;
  }
}

/** Ctrl-C is how a demo ends; a play that was cut short did not hold. */
function stopped(kind: 'watch' | 'script'): number {
  say('\nEnding everything ...');
  return kind === 'watch' ? 0 : 130;
}

/** The message, and what caused it; the stack only where it is a mistake in the demo's own code. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof TypeError || error instanceof ReferenceError) return error.stack ?? '';
  const { cause } = error;
  const because = cause instanceof Error && !error.message.includes(cause.message);
  return because ? `${error.message}\n    ${cause.message}` : error.message;
}
