import type { HookPoint } from '../../release/plan.ts';
import { type ServerName, system, unreachable } from '../../release/vocabulary.ts';
import { interrupted, type Outcome } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { type HookEnd, runHook } from '../run-hook.ts';
import { settingsBefore } from './planned-states.ts';
import { serversByHand } from './servers-fleet.ts';

/** Runs the plan's hook of one point, for one server where it is named; undefined: the release goes on. */
export async function serversHook(
  context: RunContext,
  point: HookPoint,
  server?: ServerName,
): Promise<Outcome | undefined> {
  const end = await runHook(context, point, server === undefined ? {} : { server });
  return outcomeOf(context, point, end);
}

function outcomeOf(context: RunContext, point: HookPoint, end: HookEnd): Outcome | undefined {
  switch (end.kind) {
    case 'none':
    case 'succeeded':
      return undefined;
    case 'cut':
      return interrupted;
    case 'in_doubt':
      return { ...stopped(context, end.sentence), asks: 'hook' };
    case 'failed':
      return failed(context, point, end.sentence);
    default:
      return unreachable(end);
  }
}

function failed(context: RunContext, point: HookPoint, sentence: string): Outcome | undefined {
  switch (point) {
    case 'migrate':
    case 'before_switch':
      return {
        kind: 'ends',
        state: 'failed',
        why: `The hook ${point} failed, no server was taken. ${sentence} Mend it and ask again.`,
        by: system(point),
      };
    case 'deploy':
      return stopped(context, `The hook deploy failed. ${sentence} Re-apply runs it again.`);
    default:
      // Told aloud by its row. The servers are where they shall be, and stay there.
      return undefined;
  }
}

/** What is out stays out until a person has said what is next. */
function stopped(context: RunContext, why: string) {
  const release = context.serversRelease;
  const byHand = serversByHand(context, (node) => settingsBefore(release, node));
  return { kind: 'needs_attention', why, byHand } as const;
}
