import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HookPlan, HookPoint } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import type { ReleaseState } from '../../src/release/states.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Bench, type BenchOptions, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;
let folder: string;
const requests: ClientRequest[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-engine-hooks-'));
  fleet = await aFleet().withNodes(2).start();
});

afterEach(async () => {
  for (const one of requests.splice(0)) one.destroy();
  await bench.end();
  await fleet.end();
  rmSync(folder, { recursive: true, force: true });
});

const noApproval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
const points = [
  'migrate',
  'deploy',
  'before_switch',
  'after_switch',
  'after_rollback',
  'after_completed',
] as const satisfies readonly HookPoint[];

const hook = (script: string, more: Partial<HookPlan> = {}): HookPlan =>
  ({
    kind: 'run',
    argv: ['sh', '-c', script],
    environment: [],
    timeoutMs: 20_000,
    idempotent: false,
    pointOfNoReturn: false,
    ...more,
  }) as HookPlan;

/** A hook that notes its words in a file. */
const noting = (more = ''): HookPlan =>
  hook(
    `echo "$POINTSMAN_HOOK $POINTSMAN_SIDE $POINTSMAN_OTHER_SIDE $POINTSMAN_VERSION" >> ${join(folder, 'ran')}; ${more}`,
  );
/** A hook that runs until the file `go` is there. */
const waiting = (more: Partial<HookPlan> = {}): HookPlan =>
  hook(
    `echo x >> ${join(folder, 'ran')}; while [ ! -e ${join(folder, 'go')} ]; do sleep 0.02; done`,
    more,
  );
const ran = (): readonly string[] => {
  const file = join(folder, 'ran');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim());
};
const letGo = (): void => writeFileSync(join(folder, 'go'), '');
const begun = () => waitUntil(() => ran().length > 0, { what: 'the hook to have begun' });

function open(
  hooks: Partial<Record<HookPoint, HookPlan>>,
  rules: Parameters<typeof checkoutOn>[1] = {},
  options: BenchOptions = {},
): void {
  bench = new Bench(checkoutOn(fleet, { approval: noApproval, hooks, ...rules }), options);
}

const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const on = (side: string) => Array(2).fill(`backend_${side}`);
const ask = () => bench.ask('U0RITA', { kind: 'release', service: 'checkout', version: '2' });
const rollback = (user: string, id = 'checkout') =>
  bench.ask(user, { kind: 'rollback', service: id });
const loud = () =>
  bench.store
    .pending()
    .flatMap(({ announcement: one }) => (one.kind === 'broadcast' ? [one.text] : []));
const notes = () =>
  bench.store.pending().flatMap(({ announcement: one }) => (one.kind === 'note' ? [one.text] : []));

async function released(state: ReleaseState = 'awaiting_acceptance'): Promise<Release> {
  await ask();
  return bench.until('checkout-1', state);
}

async function accepted(state: ReleaseState = 'completed'): Promise<Release> {
  await released();
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  return bench.until('checkout-1', state);
}

/** A request through a node that stays open on the active side. */
function hold(node: number): ClientRequest {
  const url = new URL('/hold', fleet.node(node).frontend);
  const one = request(url, { headers: { host: 'www.example.com' } }).on('error', () => undefined);
  one.end();
  requests.push(one);
  return one;
}

describe('the points of a release', () => {
  test('each hook runs once at its point, with its side, and is told in the thread', async () => {
    open(Object.fromEntries(points.map((point) => [point, noting(`echo said by ${point}`)])));

    await accepted();

    expect(ran()).toEqual([
      'migrate green blue 2',
      'deploy green blue 2',
      'before_switch green blue 2',
      'after_switch green blue 2',
      'after_completed green blue 2',
    ]);
    expect(bench.kinds('checkout-1').filter((kind) => kind.startsWith('hook_'))).toEqual(
      Array(5).fill(['hook_started', 'hook_output', 'hook_ended']).flat(),
    );
    expect(notes()).toContainEqual(
      expect.stringMatching(/^Hook deploy succeeded after \d+\.\d s\. sh exited with code 0\.$/),
    );
    expect(notes()).toContain('deploy:\n```\nsaid by deploy\n```');
    expect(await memories()).toEqual(on('green'));
  });

  test('the intent of a hook is committed before it runs', async () => {
    open({ deploy: waiting() });
    await ask();
    await begun();

    const kinds = bench.kinds('checkout-1');
    letGo();
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(kinds.at(-1)).toBe('hook_started');
    expect(bench.release('checkout-1').hooks).toEqual([
      {
        seq: expect.any(Number),
        point: 'deploy',
        attempt: 1,
        command: expect.stringContaining('sh -c echo x'),
        at: expect.any(String),
        ended: {
          outcome: 'succeeded',
          sentence: 'sh exited with code 0.',
          ms: expect.any(Number),
        },
        again: false,
      },
    ]);
  });

  test.each(['migrate', 'deploy', 'before_switch'] as const)(
    '%s that fails ends the release as Failed, and nothing was moved',
    async (point) => {
      open({ [point]: noting('echo no space left >&2; exit 4'), after_rollback: noting() });

      const release = await released('failed');

      expect(release.ended?.sentence).toBe(
        `The hook ${point} failed, no traffic was moved. sh exited with code 4; its last words: "no space left". Mend it and ask again.`,
      );
      expect(ran()).toEqual([`${point} green blue 2`]);
      expect(await memories()).toEqual(on('blue'));
      expect(bench.engine.openRelease('checkout')).toBeUndefined();
    },
  );

  test('a hook that is not done in time has failed', async () => {
    open({ deploy: hook('sleep 30', { timeoutMs: 200 }) });

    const release = await released('failed');

    expect(release.ended?.sentence).toContain(
      'sh was not done after 0.2 s and was killed with all its processes.',
    );
  });

  test('after_switch that fails goes back; after_rollback takes down the side that was left', async () => {
    open({ after_switch: noting('exit 1'), after_rollback: noting() });

    const release = await released('rolled_back');

    expect(release.ended?.sentence).toContain('The hook after_switch failed.');
    expect(ran()).toEqual(['after_switch green blue 2', 'after_rollback green blue 2']);
    expect(await memories()).toEqual(on('blue'));
  });

  test('after_completed that fails is told aloud and undoes nothing', async () => {
    open({ after_completed: noting('exit 1') });

    await accepted();

    expect(loud()).toContainEqual(
      'checkout-1: the hook after_completed failed; the traffic stays where it is. sh exited with code 1.',
    );
    expect(await memories()).toEqual(on('green'));
  });

  test('the gates are read again after before_switch', async () => {
    open(
      { before_switch: waiting() },
      { gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 800 } },
    );
    await ask();
    await begun();
    for (const one of fleet.applications.green) one.failHealth();
    await waitUntil(async () => {
      const replies = await Promise.all(fleet.nodes.map((node) => node.ask('show stat')));
      return replies.every((reply) => /backend_green,g1,.*DOWN/.test(reply));
    });
    letGo();

    const release = await bench.until('checkout-1', 'failed');

    expect(release.ended?.sentence).toContain('A gate refused, nothing was moved. servers healthy');
    expect(await memories()).toEqual(on('blue'));
  });

  test('an aborted release runs after_rollback when nobody is left on the side it went to, with the lock held', async () => {
    open({ after_rollback: noting() });
    await released();
    hold(0);
    await waitUntil(() => fleet.applications.green[0]?.held === 1);

    await rollback('U0RITA');
    await waitUntil(async () => (await memories()).every((side) => side === 'backend_blue'));
    await waitUntil(() => bench.kinds('checkout-1').includes('drain_started'));
    const before = [
      ran(),
      bench.release('checkout-1').state,
      bench.engine.openRelease('checkout')?.id,
    ];
    fleet.applications.green[0]?.letGo();
    await bench.until('checkout-1', 'aborted');

    expect(before).toEqual([[], 'awaiting_acceptance', 'checkout-1']);
    expect(ran()).toEqual(['after_rollback green blue 2']);
  });

  test('a rollback after acceptance runs after_rollback at the end of its drain, and nothing before', async () => {
    open(Object.fromEntries(points.map((point) => [point, noting()])));
    await accepted();
    rmSync(join(folder, 'ran'));

    await rollback('U0RITA');
    await bench.until('checkout-2', 'completed');

    expect(ran()).toEqual(['after_rollback green blue']);
    expect(await memories()).toEqual(on('blue'));
  });

  test('a replan does not deploy the same thing twice', async () => {
    open({ deploy: noting(), before_switch: waiting() });
    await ask();
    await waitUntil(() => ran().length === 2);
    fleet.node(0).writeDisk('active backend_green\n');
    letGo();

    await waitUntil(() => bench.kinds('checkout-1').includes('replanned'));

    expect(ran().filter((line) => line.startsWith('deploy'))).toHaveLength(1);
  });
});

describe('a side that is deployed to', () => {
  test('waits for whoever is left there, and shows how many', async () => {
    open({ deploy: noting() }, { drain: { timeoutMs: 300, then: 'wait' } });
    await accepted();
    rmSync(join(folder, 'ran'));
    hold(1);
    await waitUntil(() => fleet.applications.green[0]?.held === 1);
    await rollback('U0RITA');
    await bench.until('checkout-2', 'completed');
    await ask();
    await waitUntil(() => bench.release('checkout-3').drain?.asking === true);
    const asking = bench.release('checkout-3');
    await bench.ask('U0RITA', { kind: 'wait', of: 'checkout-3' });
    await waitUntil(() => bench.shown.some(({ text }) => /^1 sessions left on green/.test(text)));
    const before = ran();
    fleet.applications.green[0]?.letGo();
    await bench.until('checkout-3', 'awaiting_acceptance');

    expect(asking.state).toBe('deploying');
    expect(loud()).toContainEqual(
      'checkout-3 is to be deployed to green, and 1 sessions are still there. Wait, or shut them down? `/release cancel checkout-3` ends it.',
    );
    expect(before).toEqual([]);
    expect(ran()).toEqual(['deploy green blue 2']);
  });

  test('is cleared where a person says so', async () => {
    open({ deploy: noting() }, { drain: { timeoutMs: 300, then: 'wait' } });
    await accepted();
    hold(1);
    await waitUntil(() => fleet.applications.green[0]?.held === 1);
    await rollback('U0RITA');
    await bench.until('checkout-2', 'completed');
    await ask();
    await waitUntil(() => bench.release('checkout-3').drain?.asking === true);

    const reply = await bench.ask('U0RITA', { kind: 'shut_down_sessions', of: 'checkout-3' });
    await bench.until('checkout-3', 'awaiting_acceptance');

    expect(reply).toMatchObject({ text: 'The sessions left on green are being shut down.' });
    expect(ran()).toEqual(['deploy green blue 2', 'deploy green blue 2']);
    expect(bench.release('checkout-3').openIntents).toEqual([]);
  });

  test('is left alone where the release is cancelled while it asks', async () => {
    open({ deploy: noting() }, { drain: { timeoutMs: 300, then: 'wait' } });
    await accepted();
    hold(1);
    await waitUntil(() => fleet.applications.green[0]?.held === 1);
    await rollback('U0RITA');
    await bench.until('checkout-2', 'completed');
    await ask();
    await waitUntil(() => bench.release('checkout-3').drain?.asking === true);

    await bench.ask('U0RITA', { kind: 'cancel', of: 'checkout-3' });
    await bench.until('checkout-3', 'cancelled');

    expect(ran()).toEqual(['deploy green blue 2']);
  });

  test('is waited for until its servers are up, with how many are', async () => {
    for (const one of fleet.applications.green) one.failHealth();
    open({ deploy: noting() });
    await ask();
    await waitUntil(() =>
      bench.shown.some(({ text }) => text.startsWith('0 of 2 servers of green are up')),
    );

    for (const one of fleet.applications.green) one.recover();
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(bench.shown).toContainEqual(
      expect.objectContaining({
        text: expect.stringMatching(/^0 of 2 servers of green are up/),
        done: 0,
        total: 2,
      }),
    );
  });
});

describe('a hook that is cut off', () => {
  test('by a person who cancels: it is killed first, then the release is Cancelled', async () => {
    open({ deploy: waiting() });
    await ask();
    await begun();

    const reply = await bench.ask('U0RITA', { kind: 'cancel', of: 'checkout-1' });
    const release = await bench.until('checkout-1', 'cancelled');

    expect(reply).toMatchObject({
      text: 'checkout-1 is cancelled: its hook deploy is being killed, no traffic was moved.',
    });
    expect(release.hooks?.[0]?.ended?.outcome).toBe('cancelled');
    expect(bench.kinds('checkout-1').slice(-3)).toEqual(['going_back', 'hook_ended', 'ended']);
    expect(loud()).toEqual([]);
  });

  test('by a person who aborts: the same', async () => {
    open({ before_switch: waiting() });
    await ask();
    await begun();

    await bench.ask('U0RITA', { kind: 'abort', of: 'checkout-1' });
    const release = await bench.until('checkout-1', 'cancelled');

    expect(release.ended?.sentence).toBe(
      'Cancelled by @U0RITA while the hook before_switch ran; it was killed, no traffic was moved.',
    );
  });

  test.each([true, false])('by a stop of the bot: idempotent %s', async (idempotent) => {
    open({ deploy: waiting({ idempotent }) });
    await ask();
    await begun();

    await bench.close();
    bench.open();
    letGo();

    if (idempotent) {
      const release = await bench.until('checkout-1', 'awaiting_acceptance');
      expect(release.hooks?.map(({ attempt, ended }) => [attempt, ended?.outcome])).toEqual([
        [1, 'cancelled'],
        [2, 'succeeded'],
      ]);
      return;
    }
    const release = await bench.until('checkout-1', 'needs_attention');
    expect(release.attention).toMatchObject({
      why: expect.stringMatching(
        /^Nobody knows how the hook deploy of checkout-1 ended \(`sh -c .*`\): sh was still under way and was killed with all its processes\. Look whether it has done its work\. Re-apply runs it again\.$/,
      ),
      choice: { reapply: 'green', accept: 'blue' },
      asks: 'hook',
    });
    expect(ran()).toHaveLength(1);
  });

  function openCrashing(point: HookPoint, one: HookPlan, at: 'hook:before' | 'hook:after'): void {
    let crashed = false;
    open(
      { [point]: one },
      {},
      {
        failpoint: (name) => {
          if (name !== at || crashed) return;
          crashed = true;
          throw new Error('crash');
        },
      },
    );
  }

  test('by a crash: nothing but a person lets it run again, and then it goes on', async () => {
    openCrashing('deploy', noting(), 'hook:after');
    await released('needs_attention');
    await waitUntil(
      () => bench.shown.filter(({ text }) => text === 'Waits for a person').length > 2,
    );
    const before = [ran().length, bench.release('checkout-1').hooks?.[0]?.ended?.outcome];

    const reply = await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(before).toEqual([1, 'unknown']);
    expect(loud().filter((text) => text.includes('Nobody knows'))).toHaveLength(1);
    expect(reply).toMatchObject({
      text: 'The hook of checkout-1 that nobody saw the end of is run again.',
    });
    expect(ran()).toHaveLength(2);
  });

  test('by a crash, idempotent: it is run again by itself', async () => {
    openCrashing('deploy', { ...noting(), idempotent: true }, 'hook:before');

    const release = await released();

    expect(release.hooks?.map(({ ended }) => ended?.outcome)).toEqual(['unknown', 'succeeded']);
    expect(ran()).toHaveLength(1);
  });

  test('by a crash before the switch: Accept blue leaves it, and so does a settlement', async () => {
    openCrashing('deploy', noting(), 'hook:before');
    await released('needs_attention');

    await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout-1', side: 'blue' });
    await bench.until('checkout-1', 'aborted');

    expect(ran()).toEqual([]);
    expect(await memories()).toEqual(on('blue'));
  });

  test('by a crash after the switch: the release goes back, as after every crash', async () => {
    openCrashing('after_switch', noting(), 'hook:before');

    const release = await released('rolled_back');

    expect(release.hooks?.[0]?.ended?.outcome).toBe('unknown');
    expect(await memories()).toEqual(on('blue'));
  });

  test('by a crash after acceptance: the traffic stays, and a person says whether it is run again', async () => {
    openCrashing('after_completed', noting(), 'hook:before');
    await accepted('needs_attention');
    await waitUntil(
      () => bench.shown.filter(({ text }) => text === 'Waits for a person').length > 2,
    );
    const kinds = bench.kinds('checkout-1');

    await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
    await bench.until('checkout-1', 'completed');

    expect(kinds.filter((kind) => kind === 'needs_attention')).toHaveLength(1);
    expect(ran()).toEqual(['after_completed green blue 2']);
    expect(await memories()).toEqual(on('green'));
  });

  test('by a crash after acceptance: Accept green lets it be', async () => {
    openCrashing('after_completed', noting(), 'hook:before');
    await accepted('needs_attention');

    await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout-1', side: 'green' });
    await bench.until('checkout-1', 'completed');

    expect(ran()).toEqual([]);
    expect(await memories()).toEqual(on('green'));
  });

  test('by a crash while going back: the nodes are back, and a person says whether it is run again', async () => {
    openCrashing('after_rollback', noting(), 'hook:before');
    await released();
    await rollback('U0RITA');
    await bench.until('checkout-1', 'needs_attention');
    const held = await memories();

    await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
    await bench.until('checkout-1', 'aborted');

    expect(held).toEqual(on('blue'));
    expect(ran()).toEqual(['after_rollback green blue 2']);
  });
});

describe('a point of no return', () => {
  const noReturn = (): HookPlan => ({ ...noting(), pointOfNoReturn: true });

  test('needs two different people to take a release in flight back', async () => {
    open({ migrate: noReturn() });
    const release = await released();

    const first = await rollback('U0RITA');
    bench.roles.U0RITO = ['releaser'];
    const again = await bench.ask('cli:rita', { kind: 'rollback', service: 'checkout' });
    const here = await memories();
    const second = await rollback('U0RITO');
    await bench.until('checkout-1', 'aborted');

    expect(release.noReturn).toBe('migrate');
    expect(first).toMatchObject({
      kind: 'done',
      text: 'checkout-1 is beyond its point of no return (migrate), so a second person must take it back, too, within the hour: `/rollback checkout`.',
    });
    expect(loud()).toContain(
      '@U0RITA wants checkout-1 taken back to blue. It is beyond its point of no return (migrate), so a second person must press Roll back, or type `/rollback checkout` within the hour.',
    );
    expect(again.kind).toBe('refused');
    expect(here).toEqual(on('green'));
    expect(second.kind).toBe('done');
    expect(await memories()).toEqual(on('blue'));
  });

  test('needs two different people to take an accepted release back', async () => {
    open({ migrate: noReturn() });
    bench.roles.U0RITO = ['releaser'];
    await accepted();

    await rollback('U0RITA');
    const again = await rollback('U0RITA');
    const open2 = bench.engine.openRelease('checkout');
    await rollback('U0RITO');
    await bench.until('checkout-2', 'completed');

    expect(again).toMatchObject({
      kind: 'refused',
      text: 'Refused: you asked for it already, and beyond the point of no return (migrate) of checkout-1 a second person must: `/rollback checkout`.',
    });
    expect(open2).toBeUndefined();
    expect(await memories()).toEqual(on('blue'));
  });

  test('a smoke test that does not hold asks people instead of going back; Re-apply keeps the new side', async () => {
    for (const one of fleet.applications.green) one.answerWith(500);
    open({ deploy: noReturn() });
    const release = await released('needs_attention');
    await waitUntil(
      () => bench.shown.filter(({ text }) => text === 'Waits for a person').length > 2,
    );
    const here = [bench.release('checkout-1').state, await memories()];

    await bench.ask('U0RITA', { kind: 'reapply', of: 'checkout-1' });
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(release.attention).toMatchObject({
      why: expect.stringMatching(
        /^The smoke test did not hold: .* The hook deploy is a point of no return, so nothing goes back by itself: Re-apply keeps green; going back to blue needs two people\.$/,
      ),
      choice: { reapply: 'green', accept: 'blue' },
      asks: 'return',
    });
    expect(here).toEqual(['needs_attention', on('green')]);
    expect(await memories()).toEqual(on('green'));
  });

  test('a crash after it asks people instead of going back; Accept blue is a word of two', async () => {
    let crashed = false;
    open(
      { migrate: noReturn(), after_switch: noting() },
      {},
      {
        failpoint: (name) => {
          if (
            name !== 'hook:after' ||
            crashed ||
            !ran().some((line) => line.startsWith('after_switch'))
          )
            return;
          crashed = true;
          throw new Error('crash');
        },
      },
    );
    bench.roles.U0RITO = ['releaser'];
    await released('needs_attention');

    await bench.ask('U0RITA', { kind: 'accept_side', of: 'checkout-1', side: 'blue' });
    const here = await memories();
    await bench.ask('U0RITO', { kind: 'accept_side', of: 'checkout-1', side: 'blue' });
    await bench.until('checkout-1', 'aborted');

    expect(here).toEqual(on('green'));
    expect(await memories()).toEqual(on('blue'));
  });

  test('an operator settles it alone, as the last resort', async () => {
    for (const one of fleet.applications.green) one.answerWith(500);
    open({ deploy: noReturn() });
    await released('needs_attention');

    await bench.ask('U0OLAF', {
      kind: 'settle',
      release: 'checkout-1',
      side: 'blue',
      because: 'it must',
    });
    await bench.until('checkout-1', 'aborted');

    expect(await memories()).toEqual(on('blue'));
  });

  test('is not cut off by one person alone while it runs', async () => {
    open({ migrate: waiting({ pointOfNoReturn: true }) });
    bench.roles.U0RITO = ['releaser'];
    await ask();
    await begun();

    await bench.ask('U0RITA', { kind: 'cancel', of: 'checkout-1' });
    const running = bench.release('checkout-1').state;
    await bench.ask('U0RITO', { kind: 'cancel', of: 'checkout-1' });
    await bench.until('checkout-1', 'cancelled');

    expect(running).toBe('deploying');
  });

  test('that was never reached changes nothing', async () => {
    open({ after_completed: noReturn() });
    await released();

    await rollback('U0RITA');
    await bench.until('checkout-1', 'aborted');

    expect(await memories()).toEqual(on('blue'));
  });
});

describe('the cycle of a deploy script', () => {
  test('deploy green, up, forward, drained, stop blue; and finish brings blue to the same version and goes back to it', async () => {
    open({ deploy: noting(), after_completed: noting() });
    await accepted();

    const reply = await bench.ask('U0RITA', { kind: 'finish', service: 'checkout' });
    await bench.until('checkout-2', 'awaiting_acceptance');
    await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-2' });
    const release = await bench.until('checkout-2', 'completed');

    expect(reply).toMatchObject({
      text: 'checkout-2 asks to move checkout from green to blue. It needs no approval and begins now.',
    });
    expect(release.plan.version).toBe('2');
    expect(ran()).toEqual([
      'deploy green blue 2',
      'after_completed green blue 2',
      'deploy blue green 2',
      'after_completed blue green 2',
    ]);
    expect(await memories()).toEqual(on('blue'));
  });

  test('finish is refused where no hook deploys', async () => {
    open({ after_completed: noting() });

    expect(await bench.ask('U0RITA', { kind: 'finish', service: 'checkout' })).toEqual({
      kind: 'refused',
      text: 'Refused: checkout has no hook `deploy`, so there is nothing that could bring the other side to the same version. Deploy it yourself and ask with `/release checkout`.',
    });
  });

  test('a hook that names a version is refused where none is known, before anybody approves', async () => {
    open({ deploy: { ...noting(), argv: ['deploy', '{version}'] } as HookPlan });

    expect(await bench.ask('U0RITA', { kind: 'release', service: 'checkout' })).toEqual({
      kind: 'refused',
      text: 'Refused: the hook deploy of checkout names {version}, and none is known. Ask with `/release checkout version <v>`.',
    });
  });

  test('a plan tells every hook in its place', async () => {
    open({ migrate: { ...hook('true'), pointOfNoReturn: true }, after_completed: hook('true') });

    const reply = await bench.ask('U0RITA', { kind: 'plan', service: 'checkout' });

    expect(reply.kind === 'plan' ? reply.sentences.slice(0, 2) : []).toEqual([
      'Deploy to green, once nobody is left there.',
      'Hook migrate: `sh -c true`, for at most 20 s. This is a point of no return: from there going back needs two people.',
    ]);
    expect(reply.kind === 'plan' ? reply.sentences.at(-1) : '').toBe(
      'Hook after_completed: `sh -c true`, for at most 20 s.',
    );
  });
});
