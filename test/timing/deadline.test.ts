import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Deadline, withDeadline } from '../../src/timing/deadline.ts';
import { holdEventLoop } from '../support/hold-event-loop.ts';
import { waitUntil } from '../support/wait-until.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

/** A connection whose other end answers at once and then holds the event loop. */
async function answersThenHolds(ms: number): Promise<{ readonly answered: Promise<unknown> }> {
  server = createServer((socket) =>
    socket.once('data', () => {
      socket.end('answer');
      holdEventLoop(ms);
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const answered = once(socket, 'data');
  socket.write('question');
  return { answered };
}

/** Which comes first. */
function first(ms: number, answered: Promise<unknown>): Promise<string> {
  return new Promise((resolve) => {
    const deadline = new Deadline(ms, () => resolve('the deadline'));
    void answered.then(() => {
      deadline.cancel();
      resolve('the answer');
    });
  });
}

test('nobody answers: it expires once, when its time is up', async () => {
  let calls = 0;
  const deadline = new Deadline(30, () => {
    calls += 1;
  });

  const atFirst = deadline.expired;
  await waitUntil(() => deadline.expired);

  expect([atFirst, calls]).toEqual([false, 1]);
});

test('one that was cancelled never expires, also where its time was up already', async () => {
  let calls = 0;
  const deadline = new Deadline(1, () => {
    calls += 1;
  });
  holdEventLoop(20);
  deadline.cancel();

  await waitUntil(() => new Deadline(0).expired);
  await turn();

  expect([deadline.expired, calls]).toEqual([false, 0]);
});

test('no time at all is over at once', () => {
  const deadline = new Deadline(0);

  expect(deadline.expired).toBe(true);
});

test('an answer that came in the last moment is read before the deadline is believed', async () => {
  const { answered } = await answersThenHolds(90);

  expect(await first(60, answered)).toBe('the answer');
});

test('a stall longer than the deadline does not spoil it', async () => {
  const deadline = new Deadline(400);

  holdEventLoop(900);
  await turn();
  await turn();
  await turn();

  expect(deadline.expired).toBe(false);
  await waitUntil(() => deadline.expired);
});

test('an exchange of several turns goes on behind a stall', async () => {
  const { answered } = await answersThenHolds(900);
  const several = answered.then(async () => {
    for (let i = 0; i < 5; i += 1) await turn();
  });

  expect(await first(400, several)).toBe('the answer');
});

test('work within a deadline ends it', async () => {
  let seen: Deadline | undefined;

  const result = await withDeadline(60_000, async (deadline) => {
    seen = deadline;
    return deadline.expired;
  });

  expect([result, seen?.expired]).toEqual([false, false]);
});
