import { isIP } from 'node:net';
import { isLoopback } from './addresses.ts';
import { redact } from './problem.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** How Slack's events come in: over an outgoing WebSocket, or as signed requests. */
export type SlackConnection =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number };

/** What the environment says, read once. Holds secrets: never log it whole. */
export interface Environment {
  readonly botToken: string;
  readonly connection: SlackConnection;
  /** Where health is answered; in Socket Mode only if it was set. 0 = any free port. */
  readonly port?: number;
  readonly host: string;
  /** Another Slack API, ending in `/api/`. */
  readonly slackApiUrl?: string;
  readonly logLevel: LogLevel;
}

export type EnvironmentReading =
  | { readonly kind: 'environment'; readonly environment: Environment }
  /** One sentence per problem; never with a value of a secret. */
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the variables that `start` needs. Pure: the record is given by main. An empty one counts as not set. */
export function readEnvironment(variables: Variables): EnvironmentReading {
  const problems: string[] = [];
  const botToken = readToken(variables, 'SLACK_BOT_TOKEN', 'xoxb-', problems);
  const port = readPort(variables, problems);
  const connection = readConnection(variables, port, problems);
  const host = readHost(variables, problems);
  const logLevel = readLogLevel(variables, problems);
  const slackApiUrl = readApiUrl(variables, problems);
  if (given(variables, 'SLACK_BOT_TOKEN') === undefined) {
    problems.push(
      "SLACK_BOT_TOKEN: expected the app's bot token, which begins with xoxb-, found nothing",
    );
  }
  if (problems.length > 0 || botToken === undefined || connection === undefined) {
    return { kind: 'broken', problems };
  }
  const optional = {
    ...(port === undefined ? {} : { port }),
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
  };
  return {
    kind: 'environment',
    environment: { botToken, connection, host, logLevel, ...optional },
  };
}

/** The level of the log, for verbs that need nothing else of the environment. */
export function readLogLevel(variables: Variables, problems: string[]): LogLevel {
  const text = given(variables, 'LOG_LEVEL');
  if (text === undefined) return 'info';
  const level = logLevels.find((known) => known === text.toLowerCase());
  if (level !== undefined) return level;
  problems.push(`LOG_LEVEL: expected one of ${logLevels.join(', ')}, found ${shown(text)}`);
  return 'info';
}

function readConnection(
  variables: Variables,
  port: number | undefined,
  problems: string[],
): SlackConnection | undefined {
  const app = given(variables, 'SLACK_APP_TOKEN');
  const secret = given(variables, 'SLACK_SIGNING_SECRET');
  const choose =
    'set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and PORT for signed HTTP';
  if (app !== undefined && secret !== undefined) {
    problems.push(`SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: ${choose}, not both`);
    return undefined;
  }
  if (app !== undefined) {
    const appToken = readToken(variables, 'SLACK_APP_TOKEN', 'xapp-', problems);
    return appToken === undefined ? undefined : { kind: 'socket', appToken };
  }
  if (secret === undefined) {
    problems.push(`Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: ${choose}`);
    return undefined;
  }
  if (port === undefined) {
    if (given(variables, 'PORT') === undefined) {
      problems.push(
        'PORT: expected a port for signed HTTP (SLACK_SIGNING_SECRET is set), found nothing',
      );
    }
    return undefined;
  }
  return { kind: 'http', signingSecret: secret, port };
}

function readToken(
  variables: Variables,
  name: string,
  prefix: string,
  problems: string[],
): string | undefined {
  const text = given(variables, name);
  if (text === undefined) return undefined;
  if (new RegExp(`^${prefix}[\\x21-\\x7e]+$`).test(text)) return text;
  problems.push(
    `${name}: expected a token that begins with ${prefix}, found another value (not shown)`,
  );
  return undefined;
}

function readPort(variables: Variables, problems: string[]): number | undefined {
  const text = given(variables, 'PORT');
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  problems.push(`PORT: expected a port from 0 to 65535, found ${shown(text)}`);
  return undefined;
}

function readHost(variables: Variables, problems: string[]): string {
  const text = given(variables, 'HOST') ?? '127.0.0.1';
  if (isIP(text) === 0 && !/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(text)) {
    problems.push(`HOST: expected an address to listen on such as 127.0.0.1, found ${shown(text)}`);
  }
  return text;
}

function readApiUrl(variables: Variables, problems: string[]): string | undefined {
  const text = given(variables, 'SLACK_API_URL');
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && url.username === '' && url.search === '' && url.hash === '';
  if (plain && /^https?:$/.test(url.protocol) && url.pathname.endsWith('/api/')) {
    if (url.protocol === 'https:' || isLoopback(`tcp://${url.hostname}:1`)) return text;
    // Every call carries the bot token.
    problems.push(
      `SLACK_API_URL: expected https, or http on the loopback, found ${shown(text)}; the tokens would go over the network in the clear`,
    );
    return undefined;
  }
  const found = plain ? shown(text) : 'another value (not shown)';
  problems.push(
    `SLACK_API_URL: expected an http or https address that ends in /api/, found ${found}`,
  );
  return undefined;
}

function given(variables: Variables, name: string): string | undefined {
  const text = variables[name]?.trim();
  return text === '' ? undefined : text;
}

function shown(text: string): string {
  return JSON.stringify(redact(text.slice(0, 60)));
}
