import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHooks } from '../../src/hooks/run-hook.ts';
import { sendCall } from '../../src/hooks/send-call.ts';
import type { HookFacts, HookResult } from '../../src/release/hook-run.ts';
import type { HookPlan } from '../../src/release/plan.ts';
import { holdNextTurn } from '../support/hold-event-loop.ts';
import { waitUntil } from '../support/wait-until.ts';

let folder: string;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-hooks-'));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  rmSync(folder, { recursive: true, force: true });
});

const facts: HookFacts = {
  point: 'deploy',
  service: 'checkout',
  release: 'checkout-42',
  side: 'green',
  otherSide: 'blue',
  version: '1.4.0',
};
const marks = { timeoutMs: 20_000, idempotent: false, pointOfNoReturn: false };
const shell = (script: string, more: Partial<HookPlan> = {}): HookPlan =>
  ({
    kind: 'run',
    argv: ['sh', '-c', script],
    environment: [],
    ...marks,
    ...more,
  }) as HookPlan;
const node = (program: string, more: Partial<HookPlan> = {}): HookPlan =>
  ({
    kind: 'run',
    argv: [process.execPath, '-e', program],
    environment: [],
    ...marks,
    ...more,
  }) as HookPlan;
const post = (url: string, more: Partial<HookPlan> = {}): HookPlan =>
  ({ kind: 'post', url, ...marks, ...more }) as HookPlan;

interface Ran extends HookResult {
  readonly lines: readonly string[];
}

async function run(
  hook: HookPlan,
  {
    variables = {},
    signal = new AbortController().signal,
    of = facts,
  }: {
    variables?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
    of?: HookFacts;
  } = {},
): Promise<Ran> {
  const hooks = createHooks({
    variables: { PATH: process.env.PATH ?? '', ...variables },
    mono: () => performance.now(),
    graceMs: 300,
  });
  const lines: string[] = [];
  const result = await hooks(hook, of, { signal, onOutput: (line) => lines.push(line) });
  return { ...result, lines };
}

const isAlive = (pid: number): boolean => {
  try {
    // A process that is dead and not yet fetched by init is still listed.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const pidIn = async (name: string): Promise<number> => {
  const file = join(folder, name);
  await waitUntil(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
  return Number(readFileSync(file, 'utf8'));
};

describe('a command', () => {
  test('succeeds by its exit code, and its output comes line by line', async () => {
    const ran = await run(shell('echo one; printf "two\\r\\nthree" >&2'));

    expect(ran).toEqual({
      outcome: 'succeeded',
      sentence: 'sh exited with code 0.',
      ms: expect.any(Number),
      lines: expect.arrayContaining(['one', 'two', 'three']),
    });
  });

  test('fails by its exit code, with its last words', async () => {
    const ran = await run(shell("echo 'no such image: @web `x`' >&2; exit 3"));

    expect(ran.outcome).toBe('failed');
    expect(ran.sentence).toBe(
      'sh exited with code 3; its last words: "no such image: ＠web \'x\'".',
    );
  });

  test('that is not there fails', async () => {
    const ran = await run(shell('', { argv: ['/nowhere/deploy'] } as Partial<HookPlan>));

    expect(ran.outcome).toBe('failed');
    expect(ran.sentence).toMatch(/^\/nowhere\/deploy could not be started: .*ENOENT/);
  });

  test('that ends by a signal of its own fails', async () => {
    const ran = await run(shell('kill -9 $$'));

    expect(ran).toMatchObject({ outcome: 'failed', sentence: 'sh was ended by SIGKILL.' });
  });

  test('sees PATH, what it lists and the facts, and nothing else', async () => {
    const ran = await run(
      node('for (const one of Object.entries(process.env)) console.log(one.join("="))', {
        environment: ['DOCKER_HOST', 'NOT_SET'],
      } as Partial<HookPlan>),
      {
        variables: {
          // A long one would be cut, as every line of a hook is.
          PATH: '/usr/bin:/bin',
          DOCKER_HOST: 'unix:///run/docker.sock',
          NOT_LISTED: 'of another hook',
          SLACK_BOT_TOKEN: 'xoxb-1',
        },
      },
    );

    const seen = Object.fromEntries(ran.lines.map((line) => line.split('=')));
    expect(seen).toEqual({
      PATH: '/usr/bin:/bin',
      DOCKER_HOST: 'unix:///run/docker.sock',
      POINTSMAN_HOOK: 'deploy',
      POINTSMAN_SERVICE: 'checkout',
      POINTSMAN_RELEASE: 'checkout-42',
      POINTSMAN_SIDE: 'green',
      POINTSMAN_OTHER_SIDE: 'blue',
      POINTSMAN_VERSION: '1.4.0',
    });
  });

  test('gets its words filled in, each as one argument, and no shell reads them', async () => {
    const hook = node('console.log(process.argv.slice(1).join("|"))');
    const argv = [
      ...(hook.kind === 'run' ? hook.argv : []),
      '--',
      '{side}',
      'v={version}',
      '$(id)',
    ];

    const ran = await run({ ...hook, argv } as HookPlan, {
      of: { ...facts, version: '1 2;reboot' },
    });

    expect(ran.lines).toEqual(['green|v=1 2;reboot|$(id)']);
  });

  test('that names a version runs nothing where the release has none', async () => {
    const { version: _, ...none } = facts;
    const file = join(folder, 'ran');

    const ran = await run(shell('', { argv: ['touch', file, '{version}'] } as Partial<HookPlan>), {
      of: none,
    });

    expect(ran).toMatchObject({
      outcome: 'failed',
      sentence: 'touch: nothing was run: it needs the version, which this release does not know.',
    });
    expect(existsSync(file)).toBe(false);
  });

  test('has its input closed', async () => {
    const ran = await run(shell('cat; echo done'));

    expect(ran.lines).toEqual(['done']);
  });

  test('that is late is killed with its children and grandchildren, though they ignore SIGTERM', async () => {
    const grandchild = `trap "" TERM; echo $$ > ${join(folder, 'grandchild')}; while :; do sleep 1; done`;
    const child = `trap "" TERM; echo $$ > ${join(folder, 'child')}; sh -c '${grandchild}' & while :; do sleep 1; done`;
    const going = run(shell(`${child}`, { timeoutMs: 600 }));
    const pids = [await pidIn('child'), await pidIn('grandchild')];

    const ran = await going;

    expect(ran.outcome).toBe('timed_out');
    expect(ran.sentence).toBe('sh was not done after 0.6 s and was killed with all its processes.');
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test('that is cancelled is told first, and may end by itself', async () => {
    const cancel = new AbortController();
    const program = `process.on('SIGTERM', () => { console.log('going'); process.exit(0); });
      require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'child'))}, process.pid + String.fromCharCode(10));
      setInterval(() => undefined, 1000)`;
    const going = run(node(program), { signal: cancel.signal });
    await pidIn('child');

    cancel.abort();
    const ran = await going;

    expect(ran).toMatchObject({
      outcome: 'cancelled',
      sentence: `${process.execPath} was still under way and was killed with all its processes; its last words: "going".`,
      lines: ['going'],
    });
  });

  test('that is cancelled before it began does not begin', async () => {
    const file = join(folder, 'ran');

    const ran = await run(shell(`touch ${file}`), { signal: AbortSignal.abort() });

    expect(ran.outcome).toBe('cancelled');
    expect(existsSync(file)).toBe(false);
  });

  test('leaves none of its group behind when it ends well', async () => {
    const ran = await run(
      shell(
        `sh -c 'trap "" TERM; echo $$ > ${join(folder, 'left')}; while :; do sleep 1; done' & while [ ! -s ${join(folder, 'left')} ]; do sleep 0.02; done`,
      ),
    );

    expect(ran.outcome).toBe('succeeded');
    expect(isAlive(await pidIn('left'))).toBe(false);
  });

  test('is not waited for by what left its group and still holds its output', async () => {
    const ran = await run(
      shell(
        `setsid sh -c 'echo $$ > ${join(folder, 'free')}; sleep 30' & while [ ! -s ${join(folder, 'free')} ]; do sleep 0.02; done`,
      ),
    );
    const free = await pidIn('free');
    const outlived = isAlive(free);
    process.kill(-free, 'SIGKILL');

    expect(ran.outcome).toBe('succeeded');
    expect(ran.ms).toBeLessThan(15_000);
    expect(outlived).toBe(true);
  });

  test('that says 100 MB on one line, and then on many, is cut and costs little memory', async () => {
    const before = process.memoryUsage().rss;

    const ran = await run(
      shell(
        'head -c 100000000 /dev/zero | tr "\\0" x; echo; i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; exit 1',
      ),
    );

    expect(ran.lines[0]).toBe(`${'x'.repeat(399)}…`);
    expect(ran.lines).toHaveLength(401);
    expect(ran.lines.at(-1)).toBe('(more output follows that is not shown)');
    expect(ran.sentence).toBe('sh exited with code 1; its last words: "line 499".');
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  test('that never stops talking ends at its deadline, and the program goes on meanwhile', async () => {
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 10);

    const ran = await run(shell('exec yes', { timeoutMs: 1_000 }));
    clearInterval(ticking);

    expect(ran.outcome).toBe('timed_out');
    expect(ran.lines.length).toBeLessThanOrEqual(401);
    expect(ticks).toBeGreaterThan(10);
  });

  test('has colours, controls and turned text taken out of what it says, and secrets hidden', async () => {
    const said = [
      '\u001b[31mred\u001b[0m \u202eturned\u0007',
      'token xoxb-1234-abcd and postgres://app:geheim@db/x',
      'mine is hunter2hunter2',
    ];
    const ran = await run(
      node(`console.log(${JSON.stringify(said.join('\n'))})`, {
        environment: ['DEPLOY_TOKEN'],
      } as Partial<HookPlan>),
      { variables: { DEPLOY_TOKEN: 'hunter2hunter2' } },
    );

    expect(ran.lines).toEqual([
      'red turned',
      'token (hidden) and postgres://(hidden)@db/x',
      'mine is (hidden)',
    ]);
  });
});

describe('a call', () => {
  async function serve(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/done`;
  }

  test('answered while the event loop is held is answered', async () => {
    const url = await serve((_, response) => {
      response.end();
      holdNextTurn(600);
    });

    expect(await run(post(url, { timeoutMs: 300 }))).toMatchObject({ outcome: 'succeeded' });
  });

  test('connects to the one address that was judged, and never to where a cloud keeps its credentials', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.end();
    });
    const call = (to: string, address: string, family: 4 | 6 = 4) =>
      sendCall({
        url: to,
        body: '{}',
        signal: new AbortController().signal,
        output: { clean: (line) => line, say: () => undefined },
        resolve: async () => ({ address, family }),
      });
    const named = url.replace('127.0.0.1', 'ci.example');

    const good = await call(named, '127.0.0.1');
    const bad = await call(named, '169.254.169.254');
    const nat = await call(named, '64:ff9b::a9fe:a9fe', 6);
    const literal = await call('http://[::a9fe:a9fe]/latest', '127.0.0.1');

    expect(good).toMatchObject({ kind: 'answered', status: 200 });
    for (const end of [bad, nat, literal]) {
      expect(end).toMatchObject({
        kind: 'no_answer',
        why: expect.stringContaining('which is never connected to'),
      });
    }
    expect(asked).toBe(1);
  });

  test('posts the facts as JSON and succeeds by 2xx', async () => {
    const bodies: unknown[] = [];
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      bodies.push([request.method, request.headers['content-type'], JSON.parse(body)]);
      response.writeHead(202).end('queued as #7\n');
    });

    const ran = await run(post(url));

    expect(ran).toMatchObject({
      outcome: 'succeeded',
      sentence: 'The call was answered with 202.',
      lines: ['queued as #7'],
    });
    expect(bodies).toEqual([
      [
        'POST',
        'application/json',
        {
          hook: 'deploy',
          service: 'checkout',
          release: 'checkout-42',
          side: 'green',
          other_side: 'blue',
          version: '1.4.0',
        },
      ],
    ]);
  });

  test('follows no redirect', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    const ran = await run(post(url));

    expect(ran).toMatchObject({
      outcome: 'failed',
      sentence: 'The call was answered with 307, where 2xx was expected.',
    });
    expect(asked).toBe(1);
  });

  test('that is refused says why', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('no room left'));

    expect((await run(post(url))).sentence).toBe(
      'The call was answered with 500, where 2xx was expected; its last words: "no room left".',
    );
  });

  test('whose answer drips on, or never comes, ends at its deadline', async () => {
    const drips = await serve((_, response) => {
      response.writeHead(200);
      const drop = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drop));
    });
    const silent = await serve(() => undefined);

    const ran = await Promise.all([
      run(post(drips, { timeoutMs: 300 })),
      run(post(silent, { timeoutMs: 300 })),
    ]);

    expect(ran.map(({ outcome }) => outcome)).toEqual(['timed_out', 'timed_out']);
    expect(ran[1]?.sentence).toBe('The call was not done after 0.3 s and was cut off.');
  });

  test('reads no more than 64 KB of an answer', async () => {
    const url = await serve((_, response) => {
      const fill = (): void => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', fill);
      fill();
    });

    const ran = await run(post(url));

    expect(ran.outcome).toBe('succeeded');
  });

  test('that is cancelled is cut off; that finds nobody, or nobody who speaks HTTP, fails', async () => {
    const cancel = new AbortController();
    const url = await serve(() => cancel.abort());
    const mute = createNetServer((socket) =>
      socket.once('data', () => socket.end('garbage\r\n\r\n', () => socket.destroy())),
    );
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => mute.close(resolve)));
    const { port } = mute.address() as AddressInfo;

    const cut = await run(post(url), { signal: cancel.signal });
    const garbage = await run(post(`http://127.0.0.1:${port}/`));
    const nobody = await run(post('http://127.0.0.1:1/'));

    expect(cut.outcome).toBe('cancelled');
    expect(garbage.sentence).toMatch(/^The call got no answer: /);
    expect(nobody.sentence).toMatch(/^The call got no answer: connect ECONNREFUSED/);
  });
});
