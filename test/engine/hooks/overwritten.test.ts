import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitUntil } from '../../support/wait-until.ts';
import {
  accepted,
  ask,
  bench,
  fleet,
  folder,
  hold,
  loud,
  noting,
  open,
  ran,
  rollback,
  withHooks,
} from './hook-bench.ts';

withHooks();

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
    await waitUntil(() => bench.shown.some(({ text }) => /^1 session left on green/.test(text)));
    const before = ran();
    fleet.applications.green[0]?.letGo();
    await bench.until('checkout-3', 'awaiting_acceptance');

    expect(asking.state).toBe('deploying');
    expect(loud()).toContainEqual(
      'checkout-3 is to be deployed to green, and 1 session is still there. Wait, or shut them down? `/release cancel checkout-3` ends it.',
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
    await waitUntil(async () => {
      const seen = await Promise.all(
        fleet.nodes.map((node) => node.ask('show stat backend_green 4 -1')),
      );
      return seen.every((stat) => stat.includes(',DOWN,'));
    });
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
