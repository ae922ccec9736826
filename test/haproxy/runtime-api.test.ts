import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { setMap, showInfo, showMap, showStat } from '../../src/haproxy/command-line.ts';
import { Connection } from '../../src/haproxy/connection.ts';
import {
  NodeUnreachable,
  NothingSent,
  ReplyTooLong,
  ReplyUnknown,
} from '../../src/haproxy/errors.ts';
import { RuntimeApi } from '../../src/haproxy/runtime-api.ts';
import { resultOfFailure } from '../../src/haproxy/write-reply.ts';
import { FakeRuntime, type Fault } from '../support/fake-runtime.ts';
import { holdEventLoop, holdNextTurn } from '../support/hold-event-loop.ts';
import { openGate, shutGate } from '../support/open-gate.ts';
import { waitUntil } from '../support/wait-until.ts';

let fake: FakeRuntime;
afterEach(() => fake.end());

const line = setMap('/m.map', 'active', 'backend_green');
const question = showMap('/m.map');

async function start(answer: (line: string) => string = () => '\n'): Promise<RuntimeApi> {
  fake = await FakeRuntime.start(answer);
  return new RuntimeApi({ node: 'lb-1', address: fake.address, deadlineMs: 400 });
}

test('one line goes over one connection, and the reply is all that comes until its end', async () => {
  const api = await start(() => 'entry not found.\n\n');

  const reply = await api.write(line, openGate);

  expect(reply).toBe('entry not found.\n\n');
  expect(fake.bytes).toBe('set map /m.map active backend_green\n');
});

const unknown: readonly [string, Fault][] = [
  ['never answers', { kind: 'hang' }],
  ['carries it out and never answers', { kind: 'hang_after' }],
  ['resets the connection', { kind: 'cut' }],
  ['resets the connection after the reply', { kind: 'cut_after' }],
  ['closes without a byte', { kind: 'silent' }],
  ['answers half', { kind: 'half' }],
  ['answers all but the last line feed', { kind: 'half', bytes: 17 }],
  ['answers too late', { kind: 'late', ms: 1000 }],
  ['never stops talking', { kind: 'endless' }],
];

test.each(unknown)(
  'a node that %s leaves the command unknown, and it is said only once',
  async (_name, fault) => {
    const api = await start(() => 'entry not found.\n\n');
    fake.fault(/./, fault);

    const failure = await api.write(line, openGate).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ReplyUnknown);
    expect(failure).toMatchObject({ node: 'lb-1', command: line });
    expect(fake.heard.map((heard) => heard.line)).toEqual([line]);
  },
);

test('a long answer that is handed on has time for as long as it arrives, one that is kept twice the deadline', async () => {
  const reply = `${'x'.repeat(8 * 128 * 1024)}\n\n`;
  const api = await start(() => reply);
  fake.fault(/./, { kind: 'drip', bytes: 128 * 1024, pauseMs: 150 });
  let size = 0;

  await api.read(question, (chunk) => (size += chunk.length), { maxBytes: 2 * reply.length });
  const kept = api.ask(question, { maxBytes: 2 * reply.length });

  expect(size).toBe(reply.length);
  await expect(kept).rejects.toThrow(/not whole after 800 ms/);
});

test('an answer of drops is given up, however long they come', async () => {
  const api = await start(() => `${'x'.repeat(10_000)}\n\n`);
  fake.fault(/./, { kind: 'drip', bytes: 1, pauseMs: 20 });

  await expect(api.write(line, openGate)).rejects.toThrow(/not whole after 400 ms/);
});

test('a reply that is handed on as it comes is whole, or its reading fails', async () => {
  const reply = `${'0x1 a b\n'.repeat(100_000)}\n`;
  const api = await start(() => reply);
  const read = async (maxBytes: number) => {
    const chunks: Buffer[] = [];
    await api.read(showMap('/m.map'), (chunk) => chunks.push(chunk), { maxBytes });
    return Buffer.concat(chunks).toString('latin1');
  };

  const whole = await read(1024 * 1024);
  const tooLong = await read(100_000).catch((error: unknown) => error);
  fake.fault(/./, { kind: 'half' });
  const half = await read(1024 * 1024).catch((error: unknown) => error);

  expect(whole).toBe(reply);
  expect(tooLong).toBeInstanceOf(ReplyTooLong);
  expect(tooLong).toMatchObject({ message: expect.stringContaining('longer than 100000 bytes') });
  expect([half instanceof ReplyUnknown, half instanceof ReplyTooLong]).toEqual([true, false]);
});

test('an answer that came while the event loop was held is no silence', async () => {
  const api = await start(() => {
    holdNextTurn(900);
    return 'entry not found.\n\n';
  });

  expect(await api.write(line, openGate)).toBe('entry not found.\n\n');
});

test('a connection that stood while the event loop was held is no absent node', async () => {
  await start();
  const { address } = fake;
  const opening = Connection.open({
    node: 'lb-1',
    address,
    command: line,
    deadlineMs: 300,
    maxBytes: 1000,
  });
  holdEventLoop(900);

  expect(await (await opening).say(line)).toBe('\n');
});

test('a node that refuses the connection was told nothing', async () => {
  const api = await start();
  await fake.refuse();

  const failure = await api.write(line, openGate).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(NodeUnreachable);
  expect(failure).toMatchObject({ node: 'lb-1', command: line, cause: { code: 'ENOENT' } });
});

test('a reply over the limit is not read to its end', async () => {
  const api = await start(() => `${'x'.repeat(5000)}\n\n`);

  await expect(api.ask(question, { maxBytes: 4000 })).rejects.toThrow(/longer than 4000 bytes/);
  expect(await api.ask(question, { maxBytes: 6000 })).toHaveLength(5002);
});

test('a signal ends the wait with its reason, and the connection', async () => {
  const api = await start();
  fake.fault(/./, { kind: 'hang' });
  const controller = new AbortController();

  const asked = api.ask(question, { signal: controller.signal });
  await waitUntil(() => fake.heard.length === 1);
  controller.abort(new Error('the release was aborted'));

  await expect(asked).rejects.toThrow('the release was aborted');
  await waitUntil(() => fake.open === 0);
});

test('at most two connections are open to an address at once, whoever asks', async () => {
  const first = await start();
  const second = new RuntimeApi({ node: 'also lb-1', address: fake.address });
  fake.fault(/./, { kind: 'late', ms: 20 });

  await Promise.all(
    [1, 2, 3, 4].flatMap(() => [first.write(line, openGate), second.write(line, openGate)]),
  );

  expect(fake.heard).toHaveLength(8);
  expect(fake.mostWaiting).toBe(2);
});

test('a line that changes something is not sent once its release is interrupted, also where it waits for its slot', async () => {
  const api = await start();
  const gate = shutGate();
  const prepared = await api.prepare(line);

  const failures = await Promise.all(
    [api.write(line, gate), prepared.say(gate)].map((sent) => sent.catch((e: unknown) => e)),
  );

  expect(failures).toEqual([expect.any(NothingSent), expect.any(NothingSent)]);
  expect(failures.map(resultOfFailure)).toMatchObject([
    { kind: 'not_applied' },
    { kind: 'not_applied' },
  ]);
  expect(fake.heard).toEqual([]);
  await waitUntil(() => fake.open === 0);
});

test('a prepared line holds its slot until it is closed', async () => {
  const api = await start();
  const prepared = await Promise.all([api.prepare(line), api.prepare(line)]);
  let answered = false;

  const third = api.ask(showInfo()).then(() => {
    answered = true;
  });
  await waitUntil(() => fake.open === 2);
  expect(answered).toBe(false);
  prepared[0].close();
  await third;

  expect(fake.heard.map((heard) => heard.line)).toEqual(['show info']);
  prepared[1].close();
  await waitUntil(() => fake.open === 0);
});

test('a prepared connection that the node closed was told nothing', async () => {
  const api = await start();
  const prepared = await api.prepare(line);

  fake.closeAll();
  await waitUntil(() => fake.open === 0);
  // The end of the stream has to travel to this side: asking another time proves that it did.
  await api.ask(showInfo());
  const failure = await prepared.say(openGate).catch((error: unknown) => error);

  expect(failure).toBeInstanceOf(NodeUnreachable);
  expect(fake.heard.map((heard) => heard.line)).toEqual(['show info']);
});

test('the failpoints stand around the call, and one that throws closes the connection', async () => {
  fake = await FakeRuntime.start(() => '\n');
  const passed: string[] = [];
  const api = new RuntimeApi({
    node: 'lb-1',
    address: fake.address,
    failpoint: (name) => {
      passed.push(`${name} ${fake.heard.length}`);
      if (name === 'cli:before:show-map') throw new Error('stopped here');
    },
  });

  await api.write(line, openGate);
  await expect(api.ask(showMap('/m.map'))).rejects.toThrow('stopped here');
  await api.ask(showInfo());

  expect(passed).toEqual([
    'cli:before:set-map 0',
    'cli:after:set-map 1',
    'cli:before:show-map 1',
    'cli:before:show-info 1',
    'cli:after:show-info 2',
  ]);
});

test('no unlisted byte ever reaches a node', async () => {
  const api = await start();
  const nasty = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(
      'backend_blue',
      'x;shutdown',
      'x\nset weight be/s 0',
      '<<',
      '#0x1',
      '@1',
      'a b',
    ),
  );

  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (map, key, value) => {
      const builds = [
        () => api.write(setMap(map, key, value), openGate),
        () => api.ask(showStat(value)),
      ];
      for (const send of builds) {
        try {
          await send();
        } catch {
          // Refused before the socket: what matters is what got through.
        }
      }
    }),
    { numRuns: 500 },
  );

  for (const { line: heard } of fake.heard) {
    expect(heard).toMatch(/^(?:[A-Za-z0-9_./:@ -]|\\[!-~])+$/);
  }
  expect(fake.bytes.match(/\n/g)?.length ?? 0).toBe(fake.heard.length);
});
