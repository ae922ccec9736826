import { chmod, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { Ask, Asker, Parse, Reply } from '../commands/command.ts';
import { longestSocketPath } from '../config/longest-socket-path.ts';
import type { Journal } from '../engine/ports.ts';
import type { Instant } from '../release/journal-entry.ts';
import { actor } from '../release/vocabulary.ts';
import { boundedServer } from '../web/bounded-server.ts';

/** One line of the command line, as it crosses the socket. */
export interface Asking {
  readonly word: 'release' | 'rollback' | 'status';
  readonly text: string;
  /** The operating system's user. */
  readonly user: string;
  readonly timezone: string;
  /** Identity of this call: the same call has one effect. */
  readonly request: string;
  /** Not to be begun after this: nobody waits for it any more. */
  readonly until: Instant;
}

export interface BotSocketDeps {
  readonly ask: Ask;
  readonly parse: Parse;
  readonly journal: Pick<Journal, 'release'>;
  readonly now: () => Date;
  /** True after this moment. */
  readonly isPast: (moment: Instant) => boolean;
  /** Told why a request was not taken. */
  readonly onRefused?: (why: string) => void;
}

const longestAsking = 64 * 1024;
/** More command lines than anybody runs at a time. */
const mostConnections = 64;
/** Between two signs of life while something is carried out, milliseconds. */
const signMs = 1_000;

/** Listens at `<database>.sock` (mode 0600) for the command line of the same machine while the bot runs. */
export async function openBotSocket(
  path: string,
  deps: BotSocketDeps,
): Promise<{ readonly close: () => Promise<void> }> {
  if (Buffer.byteLength(path) > longestSocketPath) {
    throw new Error(
      `Cannot listen at ${path}: the kernel takes ${longestSocketPath} bytes for a socket's path, and this one has ${Buffer.byteLength(path)}.`,
    );
  }
  await rm(path, { force: true });
  const server = boundedServer(
    (request, response) => {
      answer(deps, request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else send(response, 400, { why: String(error) });
      });
    },
    { connections: mostConnections, onRefused: (_peer, why) => deps.onRefused?.(why) },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`Cannot listen at ${path}: ${cause.message}.`, { cause })),
    );
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  return {
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(path, { force: true });
    },
  };
}

async function answer(
  deps: BotSocketDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://bot');
  const release = /^\/release\/([a-z0-9-]{1,64})$/.exec(pathname)?.[1];
  if (request.method === 'GET' && release !== undefined) {
    send(response, 200, { release: deps.journal.release(release) ?? null });
    return;
  }
  if (request.method !== 'POST' || pathname !== '/ask') {
    throw new Error('expected POST /ask or GET /release/<id>');
  }
  const asking = readAsking(JSON.parse(await bodyOf(request)));
  if (deps.isPast(asking.until) || (await isGone(request))) {
    throw new Error('nobody waits for it any more, so nothing was done');
  }
  await carryOut(deps, asking, response);
}

/** Who gave up while this process was stopped must not find it done later. */
async function isGone({ socket }: IncomingMessage): Promise<boolean> {
  // What the kernel has of the connection is read a turn after the request.
  await turn();
  await turn();
  return socket.destroyed || socket.readableEnded || !socket.writable;
}

/** The answer may take its time (nodes are read, files are waited for): blanks before the JSON say that it is worked on. */
async function carryOut(
  deps: BotSocketDeps,
  asking: Asking,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const signs = setInterval(() => response.write(' '), signMs);
  try {
    response.end(JSON.stringify(await askOnce(deps, asking)));
  } finally {
    clearInterval(signs);
  }
}

/** Parses and asks as any other face does. */
export async function askOnce(
  { ask, parse, now }: Pick<BotSocketDeps, 'ask' | 'parse' | 'now'>,
  asking: Asking,
): Promise<Reply> {
  const asker: Asker = {
    actor: actor(`cli:${asking.user}`),
    timezone: asking.timezone,
    door: 'cli',
    request: `cli:${asking.request}`,
    foreign: false,
  };
  const command = parse(asking.word, asking.text, asker, now());
  if (command.kind === 'misunderstood') return { kind: 'refused', text: command.sentence };
  return ask(command, asker);
}

function readAsking(value: unknown): Asking {
  const { word, text, user, timezone, request, until } = value as Record<string, unknown>;
  const known = word === 'release' || word === 'rollback' || word === 'status';
  const texts = [text, user, timezone, request];
  if (!known || !texts.every((one) => typeof one === 'string')) {
    throw new Error('expected word, text, user, timezone and request');
  }
  if (!isInstant(until)) throw new Error('expected until when it may be begun');
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(String(user))) throw new Error('expected a user name');
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(String(request))) throw new Error('expected a request id');
  return {
    word,
    text: String(text),
    user: String(user),
    timezone: String(timezone),
    request: String(request),
    until,
  };
}

function isInstant(value: unknown): value is Instant {
  const { at, boot, mono } = (value ?? {}) as Partial<Instant>;
  return typeof at === 'string' && typeof boot === 'string' && typeof mono === 'number';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > longestAsking) throw new Error('too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
