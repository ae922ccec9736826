import { describe, expect, test } from 'vitest';
import { buttonsOf } from '../../demo/slack/message.ts';
import type { HookPlan } from '../../src/release/plan.ts';
import type { Release } from '../../src/release/release.ts';
import { card } from '../../src/slack/card.ts';
import { hookLines, noReturnLine } from '../../src/slack/card-hooks.ts';
import { aRelease } from './a-release.ts';

const started = (point: 'migrate' | 'deploy', pointOfNoReturn = false) =>
  ({ kind: 'hook_started', point, attempt: 1, command: 'make', pointOfNoReturn }) as const;
const deploying = () =>
  aRelease().then({ kind: 'stage_entered', stage: 'deploying' }).then(started('migrate'));
const ended = (release: Release, outcome: 'succeeded' | 'failed') =>
  ({
    kind: 'hook_ended',
    hook: release.hooks?.at(-1)?.seq ?? 0,
    outcome,
    sentence: 'make exited with code 3.',
    ms: 1_240,
  }) as const;
const buttons = (release: Release): readonly string[] =>
  buttonsOf({ blocks: card(release, {}).blocks as never }).map(({ label }) => label);

describe('the hooks on the message', () => {
  test('each is one line: that it runs, how long it took, or why it failed', () => {
    const first = deploying();
    const second = first.then(ended(first.release, 'succeeded')).then(started('deploy'));
    const running = hookLines(second.release);

    const failed = second.then(ended(second.release, 'failed')).release;

    expect(running).toEqual(['✓ Hook migrate (1.2 s)', '… Hook deploy runs: make']);
    expect(hookLines(failed)).toEqual([
      '✓ Hook migrate (1.2 s)',
      '✗ Hook deploy: make exited with code 3.',
    ]);
  });

  test('a point of no return is told while it is ahead, and when it is passed', () => {
    const hook: HookPlan = {
      kind: 'run',
      argv: ['make'],
      environment: [],
      timeoutMs: 1,
      idempotent: false,
      pointOfNoReturn: true,
    };
    const { release } = aRelease();
    const ahead = { ...release, plan: { ...release.plan, hooks: { migrate: hook } } };

    const passed = aRelease().then(started('migrate', true)).release;

    expect(noReturnLine(ahead)).toEqual([
      '⚠ The hook migrate is a point of no return: then going back needs two people',
    ]);
    expect(noReturnLine(passed)).toEqual([
      '⚠ Beyond its point of no return (migrate): going back needs two people',
    ]);
  });

  test('who is on the side that is deployed to is a question with three answers', () => {
    const asking = aRelease()
      .then({ kind: 'stage_entered', stage: 'deploying' })
      .then({ kind: 'overwrite_asked', sessions: 2, stragglers: [] });
    const before = buttons(asking.release);

    const runs = buttons(asking.then(started('deploy')).release);

    expect(before).toEqual(['Wait', 'Shut down sessions', 'Cancel']);
    expect(runs).toEqual(['Cancel']);
  });

  test('who is on the side that a release goes back from is a question, too', () => {
    const back = aRelease()
      .then({ kind: 'stage_entered', stage: 'awaiting_acceptance' })
      .then({ kind: 'going_back', end: 'aborted', why: 'told so' }, 'U0RITA');
    const before = buttons(back.release);
    const deadline = { at: '2026-11-20T12:00:00.000Z', boot: 'b', mono: 1 };

    const asking = back.then({ kind: 'drain_deadline', sessions: 1, stragglers: [], deadline });

    expect(before).toEqual([]);
    expect(buttons(asking.release)).toEqual(['Wait', 'Shut down sessions']);
  });
});
