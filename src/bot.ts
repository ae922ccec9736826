import type { Logger } from 'pino';
import { openBotSocket } from './cli/bot-socket.ts';
import { askAndTell } from './commands/ask-and-tell.ts';
import { openDoor } from './commands/door.ts';
import { parse, parserOf } from './commands/parse.ts';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import type { Failpoint } from './config/failpoint.ts';
import { anchorDaily } from './engine/daily-anchor.ts';
import { msUntil } from './engine/deadline.ts';
import { DriftWatch } from './engine/drift-watch.ts';
import { Engine } from './engine/engine.ts';
import { lookForTheFirstTime } from './engine/first-look.ts';
import { readFleetInTime } from './engine/fleet.ts';
import type { Clock } from './engine/ports.ts';
import { readServersFleet } from './engine/servers/servers-fleet.ts';
import { systemClock } from './engine/system-clock.ts';
import { makeRoute } from './haproxy/routes/make-route.ts';
import { serversRoute } from './haproxy/routes/servers/servers-route.ts';
import { createHooks } from './hooks/run-hook.ts';
import { JournalProofs } from './journal/journal-proofs.ts';
import { openStore } from './journal/open-store.ts';
import type { Store } from './journal/store.ts';
import { personOf, standingOfBoth } from './policy/same-person.ts';
import { announce } from './release/announce.ts';
import { isServersRelease } from './release/release.ts';
import { hasSides } from './release/target.ts';
import { type ReleaseId, system } from './release/vocabulary.ts';
import { createSlack, type Slack } from './slack/slack.ts';
import { smoke } from './smoke/smoke.ts';
import type { Timings } from './timing/timings.ts';
import { RefusalLog } from './web/refusal-log.ts';
import { createWeb, type Readiness } from './web/web.ts';

export interface BotOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Logger;
  readonly host: string;
  readonly pid: number;
  /** Name and version of the program, for the journal. */
  readonly program: string;
  /** What hooks may see of the environment; nothing where it is absent. */
  readonly hookVariables?: Readonly<Record<string, string>>;
  /** File mode mask of what hooks write; this process' own. */
  readonly hookUmask?: number;
  readonly failpoint?: Failpoint;
  readonly timings: Timings;
  /** How many errors nobody caught since the start. */
  readonly uncaught?: () => number;
}

/** A running bot. */
export interface Bot {
  /** Where health and, in HTTP mode, Slack's requests are answered. */
  readonly port: number | undefined;
  /** Finishes what is being written, parks what waits, tells what can be told. */
  stop(why: string): Promise<void>;
}

/** Thrown where the configuration no longer knows what an open release stands on. */
export class ConfigTooSmall extends Error {
  override readonly name = 'ConfigTooSmall';
}

/** Wires the house and starts it: journal first, then recovery, then the faces. */
export async function startBot(options: BotOptions): Promise<Bot> {
  const { config, environment, log, failpoint, timings } = options;
  const clock = systemClock();
  const store = openStore({
    path: config.database,
    clock,
    configDigest: config.digest,
    announce,
    program: options.program,
    say: (sentence) => log.warn(sentence),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  for (const note of store.notes) log.warn(note);
  const refusals = new RefusalLog({ clock, warn: (sentence) => log.warn(sentence) });
  const onRefused = (peer: string, why: string) => refusals.count(peer, why);
  const toNodes = {
    mono: () => clock.now().mono,
    ...(failpoint === undefined ? {} : { failpoint }),
  };
  const [route, servers] = [makeRoute(toNodes), serversRoute(toNodes)];
  try {
    const reportError = (error: unknown, doing: string) =>
      log.error({ err: error }, `A malfunction while ${doing}.`);
    const proofs = new JournalProofs({
      store,
      rules: { program: options.program, announce },
      clock,
      say: (sentence) => log.error(sentence),
      reportError,
    });
    const { connection, botToken, slackApiUrl } = environment;
    const slack = createSlack({
      config,
      botToken,
      receive: connection,
      ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
      journal: store,
      outbox: store,
      clock,
      timings,
      log,
      readNow: async ({ plan: { target } }) =>
        hasSides(target)
          ? { kind: 'sides', readings: await readFleetInTime(route(target), target) }
          : { kind: 'servers', servers: await readServersFleet(servers(target), target) },
      holdOf: (service) => store.service(service).hold,
      onRefused,
    });
    const engine = new Engine({
      config,
      journal: store,
      route,
      serversRoute: servers,
      smoke,
      runHook: createHooks({
        variables: options.hookVariables ?? {},
        umask: options.hookUmask,
        mono: () => clock.now().mono,
        ...(failpoint === undefined ? {} : { failpoint }),
      }),
      clock,
      timings,
      standingOf: async (who, reading) => {
        const person = personOf(config, who);
        const standing = await slack.standingOf(person, reading);
        return person === who ? standing : standingOfBoth(config, who, standing);
      },
      showProgress: slack.showProgress,
      channelAwayMs: slack.awayMs,
      whyUntold: slack.whyAway,
      driftOver: slack.driftOver,
      journalFault: () => proofs.fault,
      reportError,
    });
    const watch = new DriftWatch(engine);
    return await run({ options, store, clock, slack, engine, watch, refusals, proofs });
  } catch (error) {
    refusals.stop();
    store.close();
    throw error;
  }
}

interface House {
  readonly options: BotOptions;
  readonly store: Store;
  readonly clock: Clock;
  readonly slack: Slack;
  readonly engine: Engine;
  readonly watch: DriftWatch;
  readonly refusals: RefusalLog;
  readonly proofs: JournalProofs;
}

/** Ends what a start has opened. */
type Closer = () => Promise<unknown>;

/** Runs the house; a start that fails ends what it opened, last first, before it says why. */
async function run(house: House): Promise<Bot> {
  const opened: Closer[] = [];
  try {
    return await open(house, opened);
  } catch (error) {
    const { reportError } = house.engine.deps;
    for (const close of opened.reverse()) {
      await close().catch((why: unknown) => reportError(why, 'ending a start that failed'));
    }
    throw error;
  }
}

async function open(
  { options, store, clock, slack, engine, watch, refusals, proofs }: House,
  opened: Closer[],
): Promise<Bot> {
  const { config, environment, log } = options;
  const reportError = engine.deps.reportError;
  const ending = new AbortController();
  const state = { recovered: false, stopping: false };
  const untold = async (id: ReleaseId) => {
    const why = await slack.untold(id);
    return why === undefined ? undefined : `${why} ${id} waits meanwhile.`;
  };
  const ask = askAndTell(openDoor({ engine, past: store }), untold);
  const services = [...config.services.keys()];
  const parseTyped = parserOf(services);
  const web = createWeb({
    ready: () => readiness(slack, engine.deps.journalFault(), state, options.uncaught?.() ?? 0),
    ...(environment.connection.kind === 'http' ? { slackEvents: slack.requestListener } : {}),
    reportError,
    onRefused: (peer, why) => refusals.count(peer, why),
  });
  const listening =
    environment.port === undefined
      ? undefined
      : await web.listen(environment.port, environment.host);
  if (listening !== undefined) opened.push(() => web.close());
  opened.push(async () => ending.abort(new Error('the start failed')));
  // The HTTP server answers only health checks meanwhile.
  await proofs.prove(ending.signal);
  checkOpenReleases(config, store);
  store.onAppend(() => slack.wake());
  store.append([
    {
      actor: system('start'),
      what: { kind: 'started', pid: options.pid, host: options.host, program: options.program },
    },
  ]);
  const stopped = (why: string) =>
    store.append([{ actor: system('stop'), what: { kind: 'stopped', why } }]);
  opened.push(async () => stopped('the start failed'));
  const socket = await openBotSocket(`${config.database}.sock`, {
    ask,
    parse,
    journal: store,
    now: () => new Date(clock.now().at),
    isPast: (moment) => msUntil(clock, moment) === 0,
    onRefused: (why) => refusals.count('the command line', why),
  });
  opened.push(
    () => socket.close(),
    () => engine.stop(),
  );
  engine.start();
  state.recovered = true;
  await slack.start({ ask, parse: parseTyped });
  watch.start();
  const anchoring = anchorDaily(
    { journal: store, head: () => store.head, clock, reportError },
    ending.signal,
  );
  const proving = proofs.keepProving(ending.signal);
  const looking = lookForTheFirstTime(engine, ending.signal);
  log.info({ port: listening?.port }, `${options.program} is running.`);
  return {
    port: listening?.port,
    async stop(why) {
      state.stopping = true;
      ending.abort(new Error('stopping'));
      await slack.deafen();
      await Promise.all([watch.stop(), socket.close(), anchoring, proving, looking]);
      await engine.stop();
      stopped(why);
      await slack.stop();
      await web.close();
      refusals.stop();
      store.close();
      log.info(`${options.program} has stopped: ${why}.`);
    },
  };
}

function readiness(
  slack: Slack,
  fault: string | undefined,
  { recovered, stopping }: { readonly recovered: boolean; readonly stopping: boolean },
  uncaught: number,
): Readiness {
  const reached = slack.reached();
  const reasons = [
    ...(recovered ? [] : ['Open releases are still being taken up.']),
    ...(fault === undefined ? [] : [fault]),
    ...(stopping ? ['Pointsman is being stopped.'] : []),
    ...(reached.ok ? [] : reached.why),
  ];
  const slips = uncaught === 0 ? [] : [`Errors that nobody caught: ${uncaught}. The log has them.`];
  return { ok: reasons.length === 0, reasons, warnings: [...slack.warnings(), ...slips] };
}

/** An open release keeps the nodes and addresses of its plan; they must still be known by name. */
function checkOpenReleases(config: Config, store: Store): void {
  for (const release of store.openReleases()) {
    const { id, service, plan } = release;
    const fleet = config.fleets.get(config.services.get(service)?.fleet ?? '');
    const known = new Set(fleet?.nodes.map(({ name }) => name));
    const gone = plan.target.nodes.map(({ node }) => node).filter((node) => !known.has(node));
    if (gone.length === 0) continue;
    throw new ConfigTooSmall(
      `Refused: ${id} is still open, and the configuration no longer names ${fleet === undefined ? `its service ${service}` : gone.join(', ')}. Put it back and start again, or end the release first: \`pointsman ${isServersRelease(release) ? `abort ${id}` : `settle ${id} blue|green because <reason>`}\`.`,
    );
  }
}
