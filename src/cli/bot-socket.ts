import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Ask, Asker, Parse, Reply } from '../commands/command.ts';
import type { Journal } from '../engine/ports.ts';
import { actor } from '../release/vocabulary.ts';

/** One line of the command line, as it crosses the socket. */
export interface Asking {
  readonly word: 'release' | 'rollback' | 'status';
  readonly text: string;
  /** The operating system's user. */
  readonly user: string;
  readonly timezone: string;
  /** Identity of this call: the same call has one effect. */
  readonly request: string;
}

export interface BotSocketDeps {
  readonly ask: Ask;
  readonly parse: Parse;
  readonly journal: Pick<Journal, 'release'>;
  readonly now: () => Date;
}

const longestAsking = 64 * 1024;

/** Listens at `<database>.sock` (mode 0600) for the command line of the same machine while the bot runs. */
export async function openBotSocket(
  path: string,
  deps: BotSocketDeps,
): Promise<{ readonly close: () => Promise<void> }> {
  await rm(path, { force: true });
  const server = createServer((request, response) => {
    answer(deps, request)
      .then((body) => send(response, 200, body))
      .catch((error: unknown) => send(response, 400, { why: String(error) }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
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

async function answer(deps: BotSocketDeps, request: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://bot');
  const release = /^\/release\/([a-z0-9-]{1,64})$/.exec(pathname)?.[1];
  if (request.method === 'GET' && release !== undefined) {
    return { release: deps.journal.release(release) ?? null };
  }
  if (request.method === 'POST' && pathname === '/ask') {
    return askOnce(deps, readAsking(JSON.parse(await bodyOf(request))));
  }
  throw new Error('expected POST /ask or GET /release/<id>');
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
  const { word, text, user, timezone, request } = value as Record<string, unknown>;
  const known = word === 'release' || word === 'rollback' || word === 'status';
  const texts = [text, user, timezone, request];
  if (!known || !texts.every((one) => typeof one === 'string')) {
    throw new Error('expected word, text, user, timezone and request');
  }
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(String(user))) throw new Error('expected a user name');
  return {
    word,
    text: String(text),
    user: String(user),
    timezone: String(timezone),
    request: String(request),
  };
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
