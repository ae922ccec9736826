import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { askBot, releaseOfBot } from '../../src/cli/ask-bot.ts';
import { type Asking, openBotSocket } from '../../src/cli/bot-socket.ts';
import type { Command, Reply } from '../../src/commands/command.ts';
import { parse } from '../../src/commands/parse.ts';
import { aFolder } from '../support/journal-store.ts';
import { waitUntil } from '../support/wait-until.ts';

const asking: Asking = {
  word: 'rollback',
  text: 'checkout',
  user: 'ann',
  timezone: 'UTC',
  request: 'r-1',
  until: { at: '2026-11-20T12:00:00.000Z', boot: 'b', mono: 1_000 },
};

/** A bot's socket; what it was asked to do. `answer`: how it answers. */
async function aBot({ isPast = false, answer = async (): Promise<Reply> => done } = {}) {
  const path = join(aFolder(), 'p.db.sock');
  const asked: Command[] = [];
  const socket = await openBotSocket(path, {
    ask: async (command) => {
      asked.push(command);
      return answer();
    },
    parse,
    journal: { release: () => undefined },
    now: () => new Date('2026-11-20T12:00:00.000Z'),
    isPast: () => isPast,
  });
  onTestFinished(() => socket.close());
  return { path, asked };
}

const done: Reply = { kind: 'done', text: 'It goes back.' };

/** Somebody who takes connections and says no more than this. */
async function aMute(words: string): Promise<string> {
  const path = join(aFolder(), 'p.db.sock');
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(words);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
  });
  return path;
}

test('what is asked in time is answered', async () => {
  const { path, asked } = await aBot();

  expect(await askBot(path, asking)).toEqual({ kind: 'answered', reply: done });
  expect(asked).toEqual([{ kind: 'rollback', service: 'checkout' }]);
  expect(await releaseOfBot(path, 'checkout-1')).toEqual({ kind: 'none' });
});

test('what nobody waits for any more is not begun', async () => {
  const { path, asked } = await aBot({ isPast: true });

  await expect(askBot(path, asking)).rejects.toThrow(/nobody waits for it any more/);
  expect(asked).toEqual([]);
});

test('who has hung up before it was begun finds nothing done', async () => {
  const { path, asked } = await aBot();
  const body = JSON.stringify(asking);
  const socket = connect(path);
  socket.write(
    `POST /ask HTTP/1.1\r\nHost: bot\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.destroySoon();

  await waitUntil(() => socket.destroyed);
  expect(await releaseOfBot(path, 'checkout-1')).toEqual({ kind: 'none' });

  expect(asked).toEqual([]);
});

/** Clients that begin a request and leave it at that: nothing, half a head, half a body. */
const halves = [
  '',
  'POST /ask HT',
  'POST /ask HTTP/1.1\r\nHost: bot\r\nContent-Length: 900\r\n\r\n{',
];

test('clients that never finish a request keep nobody out, and make room for who comes', async () => {
  const { path, asked } = await aBot();
  const clients = Array.from({ length: 90 }, (_, i) => {
    const client = connect({ path, allowHalfOpen: true });
    client.on('error', () => undefined);
    client.write(halves[i % halves.length] ?? '');
    onTestFinished(() => void client.destroy());
    return client.resume();
  });
  await waitUntil(() => clients.every(({ pending }) => !pending));

  const reply = await askBot(path, asking);

  expect(reply).toEqual({ kind: 'answered', reply: done });
  expect(asked).toHaveLength(1);
  await waitUntil(
    () => clients.filter(({ readableEnded, destroyed }) => readableEnded || destroyed).length >= 26,
  );
});

test('a client that does not read its answer keeps nobody from theirs', async () => {
  const { path, asked } = await aBot({ answer: () => pause(300, done) });
  const body = JSON.stringify(asking);
  const deaf = Array.from({ length: 60 }, () => {
    const client = connect(path);
    client.on('error', () => undefined);
    client.write(
      `POST /ask HTTP/1.1\r\nHost: bot\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    onTestFinished(() => void client.destroy());
    return client.pause();
  });
  await waitUntil(() => asked.length >= deaf.length);

  expect(await askBot(path, asking)).toEqual({ kind: 'answered', reply: done });
});

test('an answer may take longer than the patience, as long as it is worked on', async () => {
  const { path } = await aBot({ answer: () => pause(2_600, done) });

  expect(await askBot(path, asking, 1_500)).toEqual({ kind: 'answered', reply: done });
});

test('nobody there, somebody mute, and somebody who stops in the middle are three things', async () => {
  const begun = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n ';

  expect([
    await askBot(join(aFolder(), 'nobody'), asking, 200),
    await askBot(await aMute(''), asking, 200),
    await askBot(await aMute(begun), asking, 200),
  ]).toEqual([{ kind: 'absent' }, { kind: 'silent' }, { kind: 'lost' }]);
  expect(await releaseOfBot(await aMute(''), 'checkout-1', 200)).toEqual({ kind: 'silent' });
});
