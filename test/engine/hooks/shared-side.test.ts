import { describe, expect, test } from 'vitest';
import { card } from '../../../src/slack/card.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  accepted,
  ask,
  bench,
  fleet,
  hold,
  loud,
  memories,
  noting,
  on,
  open,
  ran,
  released,
  rollback,
  withHooks,
} from './hook-bench.ts';

// The service moves `active`; `example.com` stays where it is unless somebody else moves it.
withHooks('example.com backend_blue\nactive backend_blue\n');

const also = (side: string) => `example.com also uses backend_${side}`;
const press = (kind: 'reapply', of = 'checkout-1') => bench.ask('U0RITA', { kind, of });
const stay = (side: 'blue' | 'green', of = 'checkout-1') =>
  bench.ask('U0RITA', { kind: 'accept_side', of, side });
const moveOther = (side: string) =>
  Promise.all(
    fleet.nodes.map((node) => node.ask(`set map ${node.mapFile} example.com backend_${side}`)),
  );

describe('a side that another key still names', () => {
  test('is told in the plan, in the message and at the end, and its last hook waits for a person', async () => {
    open({ after_completed: noting() });
    const plan = await bench.ask('U0RITA', { kind: 'plan', service: 'checkout' });

    await released();
    await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
    const asking = await bench.until('checkout-1', 'needs_attention');
    const before = ran();
    await press('reapply');
    const release = await bench.until('checkout-1', 'completed');

    expect(plan).toMatchObject({ sentences: expect.arrayContaining([`${also('blue')}.`]) });
    expect(card(asking, {}).text).toContain(`⚠ ${also('blue')}`);
    expect(asking.attention).toMatchObject({
      why: `${also('blue')}: the hook after_completed of checkout-1 does not run on blue by itself. Re-apply runs it all the same; Accept green leaves it.`,
      choice: { reapply: 'green', accept: 'green' },
    });
    expect(loud().some((text) => text.includes(also('blue')))).toBe(true);
    expect([before, ran()]).toEqual([[], ['after_completed green blue 2']]);
    expect(release.ended?.sentence).toContain(also('blue'));
    expect(await memories()).toEqual(on('green'));
  });

  test('its last hook is left where a person says so, and the release is completed', async () => {
    open({ after_completed: noting() });
    await accepted('needs_attention');
    const looks = bench.shown.length;
    await waitUntil(() => bench.shown.length > looks + 1, {
      timeout: 60_000,
      what: 'further looks',
    });
    const asked = bench.kinds('checkout-1').filter((kind) => kind === 'needs_attention');

    await stay('green');
    await bench.until('checkout-1', 'completed');

    expect(asked).toHaveLength(1);
    expect(ran()).toEqual([]);
    expect(await memories()).toEqual(on('green'));
  });

  test('nobody has to answer once the other key is gone', async () => {
    open({ after_completed: noting() });
    await accepted('needs_attention');

    await moveOther('green');
    await bench.until('checkout-1', 'completed');

    expect(ran()).toEqual(['after_completed green blue 2']);
  });

  test('is not deployed to without a person, and nothing has moved', async () => {
    open({ deploy: noting() });
    await moveOther('green');

    await ask();
    const asking = await bench.until('checkout-1', 'needs_attention');
    const before = ran();
    await press('reapply');
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(asking.attention?.why).toContain(`${also('green')}: the hook deploy`);
    expect([before, ran()]).toEqual([[], ['deploy green blue 2']]);
  });

  test('a person who does not want it deployed to ends the release where it was', async () => {
    open({ deploy: noting() });
    await moveOther('green');
    await ask();
    await bench.until('checkout-1', 'needs_attention');

    await stay('blue');
    await waitUntil(() => bench.release('checkout-1').ended !== undefined, { what: 'the end' });

    expect(ran()).toEqual([]);
    expect(await memories()).toEqual(on('blue'));
  });

  test('what was allowed for one user is asked again for another', async () => {
    open({ deploy: noting(), after_completed: noting() });
    await moveOther('green');
    await ask();
    await bench.until('checkout-1', 'needs_attention');
    await press('reapply');
    await bench.until('checkout-1', 'awaiting_acceptance');
    await moveOther('blue');
    await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });

    const asking = await bench.until('checkout-1', 'needs_attention');

    // The word of before is none to leave the drain out.
    expect(bench.kinds('checkout-1')).toContain('drained');
    expect(asking.attention?.why).toContain(`${also('blue')}: the hook after_completed`);
    expect(ran()).toEqual(['deploy green blue 2']);
  });

  test('a restart while it asks asks again, and runs nothing', async () => {
    open({ after_completed: noting() });
    await accepted('needs_attention');

    await bench.close();
    bench.open();
    await waitUntil(() => bench.release('checkout-1').state === 'needs_attention', {
      what: 'the question to stand again',
    });

    expect(ran()).toEqual([]);
    await press('reapply');
    await bench.until('checkout-1', 'completed');
    expect(ran()).toEqual(['after_completed green blue 2']);
  });

  test('a hook that says so runs all the same', async () => {
    open({ after_completed: { ...noting(), sharedSide: 'run' } });

    const release = await accepted();

    expect(ran()).toEqual(['after_completed green blue 2']);
    expect(release.ended?.sentence).toContain(also('blue'));
  });

  test('the way back waits for nobody, but its hook does', async () => {
    open({ after_rollback: noting() });
    await moveOther('green');
    await released();

    await rollback('U0RITA');
    const asking = await bench.until('checkout-1', 'needs_attention');

    expect(await memories()).toEqual(on('blue'));
    expect(asking.attention?.why).toContain(`${also('green')}: the hook after_rollback`);
    await stay('blue');
    await bench.until('checkout-1', 'aborted');
    expect(ran()).toEqual([]);
  });

  test('of a node that is silent nobody knows who is sent there: the question stays', async () => {
    open({ after_completed: noting() }, { drain: { timeoutMs: 300, then: 'wait' } });
    await accepted('needs_attention');
    await fleet.node(1).stop();
    const node = fleet.node(0);
    await node.ask(`set map ${node.mapFile} example.com backend_green`);

    await waitUntil(
      () => {
        const { attention } = bench.release('checkout-1');
        return attention?.why.includes('lb-2 does not answer, so nobody knows who else uses blue');
      },
      { timeout: 60_000, what: 'the silent node to be told of' },
    );

    expect(ran()).toEqual([]);
  });

  test('at the deadline of a drain the others are named with the sessions', async () => {
    open({}, { drain: { timeoutMs: 500, then: 'wait' } });
    hold(0);
    await released();
    await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
    await waitUntil(() => bench.release('checkout-1').drain?.asking === true, {
      what: 'the deadline',
    });

    expect(bench.release('checkout-1').drain?.stragglers[0]).toBe(also('blue'));
  });
});
