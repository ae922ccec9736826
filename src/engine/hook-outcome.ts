import type { HookPoint } from '../release/plan.ts';
import type { SideRelease } from '../release/release.ts';
import { system, unreachable } from '../release/vocabulary.ts';
import { interrupted, type Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';
import type { HookEnd } from './run-hook.ts';

/** What a hook's end means for the release; undefined: it goes on. */
export function outcomeOfHook(
  context: RunContext,
  point: HookPoint,
  end: HookEnd,
): Outcome | undefined {
  switch (end.kind) {
    case 'none':
    case 'succeeded':
      return undefined;
    case 'cut':
      return interrupted;
    case 'in_doubt':
      return {
        kind: 'needs_attention',
        why: end.sentence,
        byHand: [end.byHand],
        choice: choiceOf(context.release),
        asks: 'hook',
      };
    case 'failed':
      return failed(point, end.sentence);
    default:
      return unreachable(end);
  }
}

/** Run it again, or let it be: stay where the traffic was before the switch, where it is after acceptance. */
function choiceOf({ plan, goingBack, acceptedBy }: SideRelease) {
  if (goingBack !== undefined) return { reapply: plan.from, accept: plan.from };
  return { reapply: plan.to, accept: acceptedBy === undefined ? plan.from : plan.to };
}

function failed(point: HookPoint, sentence: string): Outcome | undefined {
  switch (point) {
    case 'migrate':
    case 'deploy':
    case 'before_switch':
      return {
        kind: 'ends',
        state: 'failed',
        why: `The hook ${point} failed, no traffic was moved. ${sentence} Mend it and ask again.`,
        by: system(point),
      };
    case 'after_switch':
      return {
        kind: 'goes_back',
        end: 'rolled_back',
        why: `The hook after_switch failed. ${sentence}`,
        by: system('after_switch'),
      };
    default:
      // Told aloud by its row. The traffic is where it shall be, and stays there.
      return undefined;
  }
}
