import { describe, expect, test } from 'vitest';
import type { HookPlan, HookPoint } from '../../../src/release/plan.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  accepted,
  ask,
  begun,
  bench,
  letGo,
  loud,
  memories,
  noting,
  on,
  open,
  ran,
  released,
  rollback,
  waiting,
  withHooks,
} from './hook-bench.ts';

withHooks();

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

  test('is not cut off by a rollback at the end: it may be taking that side down this moment', async () => {
    open({ after_completed: waiting() });
    await accepted('draining');
    await begun();

    const refused = await rollback('U0RITA');
    letGo();
    await bench.until('checkout-1', 'completed');

    expect(refused).toMatchObject({
      kind: 'refused',
      text: 'Refused: the hook after_completed of checkout-1 runs this moment and may be taking down the side you want to go back to. Ask again when it is done; an operator goes anyway with `/rollback checkout override because <reason>`.',
    });
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
