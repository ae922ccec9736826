import { describe, expect, test } from 'vitest';
import type { HookPlan } from '../../../src/release/plan.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  accepted,
  ask,
  begun,
  bench,
  fleet,
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

  test('a name of the command line that nobody knows is no second person', async () => {
    open({ migrate: noReturn() });
    bench.roles = {
      ...bench.roles,
      U0RITO: ['viewer', 'releaser'],
      'cli:root': ['viewer', 'operator'],
    };
    await released('awaiting_acceptance');
    await rollback('U0RITA');

    const unknown = await rollback('cli:root');
    const held = await memories();
    await rollback('U0RITO');
    await bench.until('checkout-1', 'aborted');

    expect(unknown).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('`people` in the configuration does not say who @cli:root is'),
    });
    expect(held).toEqual(on('green'));
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
