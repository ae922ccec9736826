import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { LocalSlack } from '../../demo/slack/local-slack.ts';
import { type LocalSlackOptions, startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import type { Ask, Asker, Command, Parse, Reply } from '../../src/commands/command.ts';
import type { Config } from '../../src/config/config.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import type { Release } from '../../src/release/release.ts';
import { createSlack, type Slack } from '../../src/slack/slack.ts';
import type { Timings } from '../../src/timing/timings.ts';
import { quickTimings } from '../support/quick-timings.ts';
import { MemoryStore } from './memory-store.ts';

export interface Asked {
  readonly command: Command;
  readonly asker: Asker;
}

/** The Slack face over the local Slack, with a door that notes what it is asked and answers as told. */
export interface ABot {
  readonly local: LocalSlack;
  readonly slack: Slack;
  readonly store: MemoryStore;
  /** What the door was asked, oldest first, copies of one delivery included. */
  readonly asked: Asked[];
  /** What the face itself refused, for the door to record. */
  readonly refused: Asked[];
  /** What the bot logged, one JSON line each. */
  readonly logged: string[];
  /** Where it hears signed requests; undefined in Socket Mode. */
  readonly url: string | undefined;
  answer: (asked: Asked) => Reply | Promise<Reply>;
  /** Puts a release into the store and its card into the outbox. */
  show(release: Release): void;
  close(): Promise<void>;
}

export interface BotWish {
  readonly timings?: Timings;
  readonly mode?: 'socket' | 'http';
  readonly local?: LocalSlackOptions;
  readonly running?: LocalSlack;
  readonly store?: MemoryStore;
  readonly roles?: Partial<Config['roles']>;
  /** Other names of the commands. */
  readonly commands?: Partial<Config['slack']['commands']>;
  /** How typed text is read; absent: a grammar of three words. */
  readonly parse?: Parse;
  /** False: not started. */
  readonly start?: boolean;
}

export const testConfig: Pick<Config, 'slack' | 'roles' | 'services' | 'fleets'> = {
  slack: {
    channel: 'C0RELEASES',
    commands: {
      release: ['/release'],
      rollback: ['/rollback'],
      status: ['/status', '/release-status'],
    },
  },
  roles: {
    viewer: ['*'],
    releaser: ['S0RELEASERS'],
    approver: ['S0LEADS', 'U0OLAF'],
    operator: ['U0OLAF'],
  },
  fleets: new Map(),
  services: new Map(),
};

/** `release x` asks for a release of x, `status` for the status; `hm` is not understood. */
const parse: Parse = (word, text) => {
  const [first] = text.split(' ').filter((part) => part !== '');
  if (text === 'hm') return { kind: 'misunderstood', sentence: 'Refused: "hm" is no service.' };
  if (first === 'help') return { kind: 'help', topic: word };
  if (word === 'status') {
    return first === undefined ? { kind: 'status' } : { kind: 'status', service: first };
  }
  return { kind: word, service: first ?? '', because: text };
};

export async function aBot(wish: BotWish = {}): Promise<ABot> {
  const mode = wish.mode ?? 'socket';
  const local = wish.running ?? (await startLocalSlack(wish.local));
  const store = wish.store ?? new MemoryStore();
  const asked: Asked[] = [];
  const refused: Asked[] = [];
  const logged: string[] = [];
  const slack = createSlack({
    config: {
      ...testConfig,
      slack: {
        ...testConfig.slack,
        commands: { ...testConfig.slack.commands, ...wish.commands },
      },
      roles: { ...testConfig.roles, ...wish.roles },
    },
    botToken: local.botToken,
    receive:
      mode === 'socket'
        ? { kind: 'socket', appToken: local.appToken }
        : { kind: 'http', signingSecret: local.signingSecret },
    slackApiUrl: local.apiUrl,
    journal: store,
    outbox: store,
    clock: systemClock(),
    timings: wish.timings ?? quickTimings,
    log: pino({ level: 'debug' }, { write: (line) => void logged.push(line) }),
  });
  const server = mode === 'http' ? await listening(slack) : undefined;
  const url = server && `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  if (url !== undefined) local.deliverTo(url);
  const bot: ABot = {
    local,
    url,
    slack,
    store,
    asked,
    refused,
    logged,
    answer: () => ({ kind: 'done', text: 'It is done.' }),
    show(release) {
      const message = store.release(release.id)?.message;
      store.releases.set(release.id, {
        ...release,
        ...(release.message === undefined && message !== undefined ? { message } : {}),
      });
      store.tell({ kind: 'card', release: release.id });
      slack.wake();
    },
    async close() {
      await slack.stop();
      server?.closeAllConnections();
      server?.close();
      if (wish.running === undefined) await local.close();
    },
  };
  const ask: Ask = async (command, asker) => {
    if (asker.refusal !== undefined) {
      refused.push({ command, asker });
      return { kind: 'refused', text: asker.refusal };
    }
    asked.push({ command, asker });
    return bot.answer({ command, asker });
  };
  if (wish.start !== false) await slack.start({ ask, parse: wish.parse ?? parse });
  return bot;
}

async function listening(slack: Slack): Promise<Server> {
  const server = createServer(slack.requestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
