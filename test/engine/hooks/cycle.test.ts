import { describe, expect, test } from 'vitest';
import type { HookPlan } from '../../../src/release/plan.ts';
import { accepted, bench, hook, memories, noting, on, open, ran, withHooks } from './hook-bench.ts';

withHooks();

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
      text: 'Refused: the hook deploy of checkout is told the version, and none is known. Ask with `/release checkout version <v>`.',
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
