import type { RequestListener } from 'node:http';
import { App, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Clock, Journal, ShowProgress, StandingOf } from '../engine/ports.ts';
import type { Release } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { Timings } from '../timing/timings.ts';
import { Answers } from './answers.ts';
import { boltLogger, quietBoltLogger } from './bolt-logger.ts';
import { botClient } from './bot-client.ts';
import { CardDesk, type NodesRead } from './card-desk.ts';
import { channelFor } from './channels.ts';
import { Desk, type Door } from './desk.ts';
import { Dialogs } from './dialogs.ts';
import { fetchUntil } from './fetch-until.ts';
import { Groups } from './groups.ts';
import { InFlight } from './in-flight.ts';
import { Installation } from './installation.ts';
import { listen } from './listeners.ts';
import { LiveNotices } from './live-notices.ts';
import { usualNames } from './name-commands.ts';
import type { OutboxStore } from './outbox-store.ts';
import { People } from './people.ts';
import { Poster } from './poster.ts';
import { Reach, type Reached } from './reach.ts';
import { SignedHttp } from './signed-http.ts';
import { guardSocket } from './socket-guard.ts';
import { SocketLine } from './socket-line.ts';
import { neverMs } from './socket-pulse.ts';
import { groupsOf, rolesNaming, standingBySlack } from './standing.ts';

export interface SlackOptions {
  readonly config: Pick<Config, 'slack' | 'roles' | 'services' | 'fleets'>;
  readonly botToken: string;
  /** How Slack's deliveries come: over a socket the bot opens, or as signed requests to its own server. */
  readonly receive:
    | { readonly kind: 'socket'; readonly appToken: string }
    | { readonly kind: 'http'; readonly signingSecret: string };
  /** Ends in `/api/`; undefined = slack.com. */
  readonly slackApiUrl?: string;
  readonly journal: Pick<Journal, 'release'>;
  readonly outbox: OutboxStore;
  readonly clock: Clock;
  readonly timings: Timings;
  readonly log: Logger;
  /** Reads the nodes of a release now: for its message. */
  readonly readNow?: (release: Release) => Promise<NodesRead>;
  /** Who has locked a service: for its releases' cards. */
  readonly holdOf?: (service: ServiceName) => Hold | undefined;
  /** Told of every delivery that is not taken: from whom, and why. */
  readonly onRefused?: (peer: string, why: string) => void;
}

export interface Slack {
  /** Who holds which role, by Slack. */
  readonly standingOf: StandingOf;
  readonly showProgress: ShowProgress;
  /** Every node of a service is as it should be: notices that ask about it lose their buttons. */
  readonly driftOver: (service: ServiceName) => void;
  /** Something was put into the outbox: tell it now. */
  readonly wake: () => void;
  /** Whether Slack is reached, since when, and why not: for readiness. */
  readonly reached: () => Reached;
  /** What a person should mend although Slack is reached: user groups that are gone; sentences. */
  readonly warnings: () => readonly string[];
  /** For how many milliseconds the service's channel has been out of reach; 0 = it is reached. */
  readonly awayMs: (service?: ServiceName) => number;
  /** Why nothing can be told or heard in the service's channel now; none: it can. */
  readonly whyAway: (service: ServiceName) => readonly string[];
  /** Why the release's message is not in its channel; undefined: it is, or nothing is known to keep it. Within seconds. */
  readonly untold: (id: ReleaseId) => Promise<string | undefined>;
  /** For main's own HTTP server, path `/slack/events`; 404 in Socket Mode, 503 before the start. */
  readonly requestListener: RequestListener;
  /**
   * Begins to tell and to listen. An absent Slack does not keep it from starting; throws SlackRefused where Slack
   * does not accept a token, and is stopped then.
   */
  start(door: Door): Promise<void>;
  /** Listens no longer, and resolves when everything that was begun is answered. Still tells. */
  deafen(): Promise<void>;
  /** Deafens, tells what can still be told, and resolves. */
  stop(): Promise<void>;
}

const callMs = 10_000;
const questionMs = 2_500;
const answersMs = 10_000;
// Nobody waits longer for Slack at the start: recovery and readiness come first.
const startMs = 4_000;
// A message is in its channel within a second, or Slack has said why not.
const untoldMs = 2_500;

/** The Slack face: Bolt in, blocks out. Opens nothing before `start`. */
export function createSlack(options: SlackOptions): Slack {
  const { config, clock, log, receive } = options;
  const ending = new AbortController();
  const hanging = new AbortController();
  const common = {
    botToken: options.botToken,
    log,
    ending: ending.signal,
    ...(options.slackApiUrl === undefined ? {} : { slackApiUrl: options.slackApiUrl }),
  };
  const client = botClient({ ...common, timeoutMs: callMs });
  // Questions a person waits for: a hanging Slack must not hold up a rollback.
  const quick = botClient({ ...common, timeoutMs: questionMs });
  const reach = new Reach(clock, receive.kind === 'socket' ? ['api', 'socket'] : ['api']);
  const installation = new Installation({ client: quick, clock, reach, log });
  const people = new People({ client: quick, clock, installation });
  const groups = new Groups({ client: quick, clock, log });
  const names = usualNames(config.slack.commands);
  const answers = new Answers({ client, clock, log, names });
  const inFlight = new InFlight();
  const cards = new CardDesk({
    clock,
    timings: options.timings,
    headOf: (id) => options.journal.release(id)?.head.seq ?? 0,
    readNow: options.readNow,
    holdOf: options.holdOf,
  });
  const notices = new LiveNotices({ ...options, client, cards, names });
  const poster = new Poster({ ...options, client, cards, notices, reach, names });
  let listening = false;
  const { receiver, line, listener } = receiverFor(options, {
    reach,
    hanging: hanging.signal,
    isListening: () => listening,
    app: () => installation.known?.app,
  });
  const watching: Promise<void>[] = [];

  return {
    standingOf: standingBySlack({ roles: config.roles, groups, people }),
    showProgress: (id, progress) => poster.showProgress(id, progress),
    driftOver: (service) => void inFlight.track(notices.over(service)),
    wake: () => poster.wake(),
    reached: () => reach.now(),
    warnings: () =>
      [...groups.gone].map(
        ([group, why]) =>
          `The user group ${group} cannot be read: ${why}. Who holds ${rolesNaming(config.roles, group).join(' or ')} only through it is refused.`,
      ),
    awayMs: (service) => reach.awayMs(channelFor(config, service)),
    whyAway: (service) => reach.whyAway(channelFor(config, service)),
    untold: (id) => poster.untold(id, untoldMs),
    requestListener: listener,

    async start(door) {
      const { commands } = config.slack;
      const dialogs = new Dialogs({ client: quick, log });
      const desk = new Desk({
        ...options,
        door,
        commands,
        people,
        installation,
        answers,
        dialogs,
        notices,
      });
      listen(appOver(receiver, options, installation), { desk, inFlight, client, commands, log });
      poster.start();
      listening = true;
      // A bot token that Slack refuses is told at once: no connection is opened for it that would have to be closed.
      const asked = installation.ask();
      const opening = line === undefined ? undefined : asked.then(() => line.open());
      if (line !== undefined && opening !== undefined) {
        watching.push(line.keep(opening, hanging.signal));
      }
      await within(Promise.all([asked, opening]), clock, startMs).catch(async (error: unknown) => {
        await this.stop();
        throw error;
      });
      watching.push(
        installation.watch(ending.signal),
        groups.watch(groupsOf(config.roles), ending.signal),
      );
    },

    async deafen() {
      listening = false;
      hanging.abort();
      line?.close();
      await within(inFlight.settled(), clock, answersMs);
    },

    async stop() {
      await this.deafen();
      await poster.stop();
      ending.abort();
      await Promise.all(watching);
    },
  };
}

interface Receiving {
  readonly receiver: Receiver;
  readonly line: SocketLine | undefined;
  readonly listener: RequestListener;
}

interface ReceivingDeps {
  readonly reach: Reach;
  readonly hanging: AbortSignal;
  readonly isListening: () => boolean;
  readonly app: () => string | undefined;
}

function receiverFor(
  { receive, clock, log, slackApiUrl, onRefused = () => undefined }: SlackOptions,
  { reach, hanging, isListening, app }: ReceivingDeps,
): Receiving {
  if (receive.kind === 'http') {
    const { signingSecret } = receive;
    const receiver = new SignedHttp({ signingSecret, clock, log, isListening, app, onRefused });
    return { receiver, line: undefined, listener: receiver.listener };
  }
  const receiver = new SocketModeReceiver({
    appToken: receive.appToken,
    logger: quietBoltLogger(log),
    // SocketLine reconnects, and pings.
    autoReconnectEnabled: false,
    clientPingTimeout: neverMs,
    serverPingTimeout: neverMs,
    // Its own object: the Socket Mode client writes into it.
    installerOptions: {
      clientOptions: {
        timeout: callMs,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        fetch: fetchUntil(hanging),
        ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
      },
    },
    // Slack delivers again what was not acknowledged; to acknowledge what was not heard would lose it.
    processEventErrorHandler: ({ error }) => {
      log.error({ err: error }, 'a delivery could not be worked on');
      return Promise.resolve(false);
    },
  });
  guardSocket({ client: receiver.client, log, app, onRefused });
  return {
    receiver,
    line: new SocketLine({ client: receiver.client, clock, reach, log }),
    listener: (_request, response) => response.writeHead(404).end(),
  };
}

/** The app asks Slack nothing by itself: who it is, the installation knows. */
function appOver(
  receiver: Receiver,
  { botToken, slackApiUrl, log }: SlackOptions,
  installation: Installation,
): App {
  const app = new App({
    receiver,
    logger: boltLogger(log),
    convoStore: false,
    clientOptions: {
      retryConfig: { retries: 0 },
      timeout: callMs,
      ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    },
    authorize: () =>
      Promise.resolve({
        botToken,
        // Bolt keeps a client for every team that a payload names; it is given one team, this installation's.
        teamId: installation.known?.team ?? '',
        ...(installation.known === undefined
          ? {}
          : { botUserId: installation.known.botUser, botId: installation.known.botId ?? '' }),
      }),
  });
  app.error((error) => {
    log.error({ err: error }, 'a delivery could not be worked on');
    return Promise.resolve();
  });
  return app;
}

/** Waits for the work, but not longer than `ms`; rejects where it rejects within that time. */
async function within(work: Promise<unknown>, clock: Clock, ms: number): Promise<void> {
  work.catch(() => undefined);
  const limit = new AbortController();
  const late = clock.sleep(ms, limit.signal).catch(() => undefined);
  await Promise.race([work, late]).finally(() => limit.abort());
}
