#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { askReading, linesByHand, lookAtNodes, openAlone } from './alone.ts';
import { auditBackup, auditExport, auditRestore, auditVerify } from './audit.ts';
import { type Bot, ConfigTooSmall, startBot } from './bot.ts';
import { askBot, releaseOfBot } from './cli/ask-bot.ts';
import { askHouse, type Doors } from './cli/ask-house.ts';
import { EndsWith } from './cli/ends-with.ts';
import { type ExitCode, exitCodes } from './cli/exit-codes.ts';
import {
  type Asked,
  askVerbs,
  type Common,
  type Handlers,
  type Outcome,
  type Tell,
} from './cli/handlers.ts';
import { ancestorsHolding, hideEnvironment } from './cli/hide-environment.ts';
import { runCli } from './cli/run-cli.ts';
import { watchUncaught } from './cli/uncaught.ts';
import type { Asker, Command } from './commands/command.ts';
import type { Config } from './config/config.ts';
import { configWarnings } from './config/config-warnings.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import { failpointFrom } from './config/failpoint.ts';
import { hookVariables } from './config/hook-variables.ts';
import { loadConfig } from './config/load-config.ts';
import { withSecretFiles } from './config/secret-files.ts';
import { deadlineIn } from './engine/deadline.ts';
import { systemClock } from './engine/system-clock.ts';
import { routeSettings } from './haproxy/routes/all.ts';
import { DatabaseHeld, DatabaseRefused, JournalUnwritable } from './journal/errors.ts';
import { holderOfDatabase } from './journal/hold-database.ts';
import { realPlace } from './journal/real-place.ts';
import { actor } from './release/vocabulary.ts';
import { manifestOf } from './slack/manifest.ts';
import { SlackRefused } from './slack/slack-refused.ts';
import { timingsFrom } from './timing/timings.ts';

/** What Pointsman writes is for its own user alone; what a hook writes is as it would be without Pointsman. */
const hookUmask = process.umask(0o077);

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };
const program = `pointsman ${version}`;
/** A stop that hangs is cut off: what was parked by then is parked, the rest is recovered at the next start. */
const longestStopMs = 60_000;
/** How long the bot may take before it begins; what it would begin later is not done. */
const beginWithinMs = 8_000;
const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Before anything is started or read: no child and no other process finds the tokens here. */
const hidden = hideEnvironment(process.env);

const load = (path: string) => loadConfig(path, routeSettings);

const handlers: Handlers = {
  load,
  lookAtNodes: (config) => lookAtNodes({ ...config, database: realPlace(config.database) }),
  start,
  ...Object.fromEntries(askVerbs.map((verb) => [verb, asked])),
  auditVerify: async ({ config, anchor, export: exported }) =>
    auditVerify(configOf(config).database, {
      program,
      ...(anchor === undefined ? {} : { anchor }),
      ...(exported === undefined ? {} : { exported }),
    }),
  auditExport: ({ config, words }) => asExits(() => auditExport(configOf(config).database, words)),
  auditBackup: ({ config, words }) => asExits(() => auditBackup(configOf(config).database, words)),
  auditRestore: ({ config, words, anchor }) =>
    asExits(async () => auditRestore(configOf(config), words, anchor)),
  manifest: async ({ config }) => manifest(configOf(config)),
};

process.exitCode = await runCli(process.argv.slice(2), handlers, {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stdout.isTTY === true,
  noColour: (hidden.before.NO_COLOR ?? '') !== '',
  timezone,
  now: () => new Date(),
  version,
});

/** Runs the bot until a signal ends it. */
async function start({ config: path }: Common): Promise<ExitCode> {
  const { environment, variables } = startingEnvironment();
  const config = configOf(path);
  const failpoint = failpointFrom(variables);
  const timings = timingsFrom(variables);
  const log = pino({ level: environment.logLevel, base: {} });
  warnOfTokens(log, environment);
  const { told, uncaught } = endings(log);
  // Also while it is still starting: what hangs then is no reason to live on.
  void told.then(() =>
    setTimeout(() => process.exit(exitCodes.malfunction), longestStopMs).unref(),
  );
  const bot = await asExits(() =>
    startBot({
      config,
      environment,
      log,
      host: hostname(),
      pid: process.pid,
      program,
      hookVariables: hookVariables(config, variables),
      hookUmask,
      uncaught,
      timings,
      ...(failpoint === undefined ? {} : { failpoint }),
    }),
  );
  for (const warning of configWarnings(config)) log.warn(warning);
  return endOn(told, bot);
}

type Ending = NodeJS.Signals | 'an error that nobody caught';

/** `told`: the first thing that asks the program to end. `uncaught`: how many errors nobody caught. */
function endings(log: Logger): { told: Promise<Ending>; uncaught: () => number } {
  let end: (why: Ending) => void = () => undefined;
  const told = new Promise<Ending>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end);
  const uncaught = watchUncaught(process, {
    log: (err, sentence) => log.error({ err }, sentence),
    end: () => end('an error that nobody caught'),
  });
  return { told, uncaught };
}

async function endOn(told: Promise<Ending>, bot: Bot): Promise<ExitCode> {
  const why = await told;
  await bot.stop(`told by ${why}`);
  return why === 'an error that nobody caught' ? exitCodes.malfunction : exitCodes.done;
}

/** Asks at the one door, of the bot or of the house without it. */
async function asked(what: Asked, tell: Tell): Promise<ExitCode> {
  const config = configOf(what.config);
  const user = userInfo().username;
  const request = requestId();
  const socket = `${config.database}.sock`;
  const until = deadlineIn(systemClock(), beginWithinMs);
  const { word, text } = what;
  const asker: Asker = {
    actor: actor(`cli:${user}`),
    timezone,
    door: 'cli',
    request: `cli:${request}`,
    foreign: false,
  };
  const open = async (drives: boolean) => {
    try {
      return openAlone(config, {
        drives,
        program,
        hookVariables: hookVariables(config, hidden.before),
        hookUmask,
        reportError,
      });
    } catch (error) {
      throw withLinesByHand(error, config, what.command);
    }
  };
  const doors: Doors = {
    asker,
    askBot: () => askBot(socket, { word, text, user, timezone, request, until }),
    releaseOfBot: (id) => releaseOfBot(socket, id),
    read: (question) => askReading(config, question, asker, reportError),
    open: (drives) => asExits(() => open(drives)),
    openIfFree: (drives) => open(drives).catch(unlessHeld),
    holder: () => holderWords(config.database),
    sleep: (ms) => pause(ms),
  };
  try {
    return await askHouse(what, tell, doors);
  } catch (error) {
    throw isHeld(error) && goesBack(what.command)
      ? withLinesByHand(error, config, what.command)
      : error;
  }
}

/** Whoever has the database, and whatever keeps them from answering: traffic that must go back does not wait. */
function isHeld(error: unknown): error is EndsWith {
  return error instanceof EndsWith && error.exit === exitCodes.databaseHeld;
}

function goesBack({ kind }: Command): boolean {
  return kind === 'rollback' || kind === 'abort';
}

/** Identity of this call. Who asked, as far as the host tells: a claim, kept beside the name in the journal. */
function requestId(): string {
  const sudo = hidden.before.SUDO_USER?.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 32) ?? '';
  return `${randomUUID()}.pid-${process.pid}${sudo === '' ? '' : `.sudo-${sudo}`}`;
}

/** Without a journal nothing is moved here; a person is told how to do it without Pointsman. */
function withLinesByHand(error: unknown, config: Config, command: Command): unknown {
  const refused = error instanceof DatabaseRefused || error instanceof JournalUnwritable;
  if (!refused && !isHeld(error)) return error;
  const of = 'service' in command ? command.service : 'of' in command ? command.of : undefined;
  const lines = linesByHand(config, of?.replace(/-\d+$/, ''));
  const how = 'Until then, who must move traffic does it by hand, on every node:';
  const exit = refused ? exitCodes.malfunction : error.exit;
  return new EndsWith(exit, [error.message, how, ...lines].join('\n'), {
    cause: error,
  });
}

function unlessHeld(error: unknown): undefined {
  if (error instanceof DatabaseHeld) return undefined;
  throw error;
}

/** `Process 4711 on db-1 holds /var/lib/pointsman.db`. */
function holderWords(database: string): string | undefined {
  const holder = holderOfDatabase(database);
  return holder && `${holder[0]?.toUpperCase()}${holder.slice(1)} holds ${database}`;
}

function reportError(error: unknown, doing: string): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`A malfunction while ${doing}: ${why}\n`);
}

function manifest(config: Config): Outcome {
  const text = manifestOf(config.slack.commands);
  return { exit: exitCodes.done, lines: [text.trimEnd()], data: { manifest: text } };
}

/** The configuration, or the end of the program with every problem. */
function configOf(path: string): Config {
  const loaded = load(path);
  if (loaded.kind === 'config') {
    return { ...loaded.config, database: realPlace(loaded.config.database) };
  }
  throw new EndsWith(exitCodes.usage, loaded.problems.join('\n'));
}

/** What `start` runs with: the variables, and the secrets that stand in files. */
function startingEnvironment(): {
  environment: Environment;
  variables: Readonly<Record<string, string | undefined>>;
} {
  const { variables, problems } = withSecretFiles(hidden.before);
  const read = readEnvironment(variables);
  if (read.kind === 'environment' && problems.length === 0) {
    return { environment: read.environment, variables };
  }
  const more = read.kind === 'broken' ? read.problems : [];
  throw new EndsWith(exitCodes.usage, [...problems, ...more].join('\n'));
}

/** What hooks could still find of the tokens although this process hides them. */
function warnOfTokens(log: Logger, { botToken, connection }: Environment): void {
  if (hidden.why !== undefined) log.warn(hidden.why);
  const secret = connection.kind === 'socket' ? connection.appToken : connection.signingSecret;
  for (const pid of ancestorsHolding([botToken, secret])) {
    log.warn(
      `Process ${pid}, which started this one, holds Slack's tokens in its environment, where hooks can read them. Give them by file: SLACK_BOT_TOKEN_FILE and the like.`,
    );
  }
}

/** Gives the errors that have an exit code of their own that code. */
async function asExits<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DatabaseHeld) throw ending(exitCodes.databaseHeld, error);
    if (error instanceof ConfigTooSmall) throw ending(exitCodes.usage, error);
    if (error instanceof DatabaseRefused) throw ending(exitCodes.malfunction, error);
    if (error instanceof SlackRefused) throw ending(exitCodes.usage, error);
    throw error;
  }
}

function ending(exit: ExitCode, cause: Error): EndsWith {
  return new EndsWith(exit, cause.message, { cause });
}
