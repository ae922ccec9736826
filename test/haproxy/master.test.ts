import { afterEach, expect, test } from 'vitest';
import { showInfo } from '../../src/haproxy/command-line.ts';
import { NodeRefused, NodeUnreachable, ReplyUnknown } from '../../src/haproxy/errors.ts';
import { Master } from '../../src/haproxy/master.ts';
import { FakeRuntime, type Fault } from '../support/fake-runtime.ts';
import { openGate } from '../support/open-gate.ts';

let fake: FakeRuntime | undefined;
afterEach(async () => {
  await fake?.end();
  fake = undefined;
});

/** A master that answers every line with this. */
async function masterSaying(
  reply: string,
  failpoint: (name: string) => void = () => {},
): Promise<Master> {
  fake = await FakeRuntime.start(() => reply);
  return new Master({ node: 'lb-1', address: fake.address, deadlineMs: 300, failpoint });
}

const log = (result: string, ...lines: readonly string[]) =>
  `Success=${result}\n--\n${lines.map((line) => `${line}\n`).join('')}\n`;
const notice = '[NOTICE]   (30) : Initializing new worker (32)';

test.each([
  ['', { kind: 'silent' }],
  [log('1', notice, '[NOTICE]   (30) : Loading success.'), { kind: 'loaded' }],
  [
    log(
      '0',
      notice,
      "[ALERT]    (32) : Proxy 'www': unable to find required default_backend: 'nope'.",
      '[ALERT]    (32) : Fatal errors found in configuration.',
    ),
    {
      kind: 'failed',
      words: "Proxy 'www': unable to find required default_backend: 'nope'",
    },
  ],
  [log('0', notice), { kind: 'failed', words: notice }],
  ['Permission denied\n\n', { kind: 'refused', words: 'Permission denied' }],
])('a master that answers reload with %j', async (reply, understood) => {
  const master = await masterSaying(reply);

  expect(await master.reload(300, openGate)).toEqual(understood);
  expect(fake?.heard.map(({ line }) => line)).toEqual(['reload']);
});

test.each<Fault>([{ kind: 'hang' }, { kind: 'hang_after' }])(
  'without an end of the answer (%j) nobody knows whether it reloads',
  async (fault) => {
    const master = await masterSaying(log('1'));
    fake?.fault(/^reload$/, fault);

    await expect(master.reload(300, openGate)).rejects.toBeInstanceOf(ReplyUnknown);
  },
);

test('a master that cannot be connected to was told nothing', async () => {
  const master = await masterSaying('');
  await fake?.refuse();

  await expect(master.reload(300, openGate)).rejects.toBeInstanceOf(NodeUnreachable);
  await expect(master.processes()).rejects.toBeInstanceOf(NodeUnreachable);
});

test('a crash test can stop the program around the reload', async () => {
  const passed: string[] = [];
  const master = await masterSaying('', (name) => passed.push(name));

  await master.reload(300, openGate);

  expect(passed).toEqual(['cli:before:reload', 'cli:after:reload']);
});

test('what is no show proc is refused, and a worker that is gone has no whole answer', async () => {
  const gone = "Can't find the target PID matching the prefix '@!4711'\n";
  const master = await masterSaying(`${gone}\n`);

  await expect(master.processes()).rejects.toBeInstanceOf(NodeRefused);
  expect(await master.askWorker(4711, [showInfo()])).toEqual([`${gone}\n`]);
  await expect(master.askWorker(4711, [showInfo(), showInfo()])).rejects.toBeInstanceOf(
    NodeRefused,
  );
  expect(fake?.heard.at(-1)?.line).toBe('@!4711 show info;@!4711 show info;quit');
});
