import type { Entry } from '../release/journal-entry.ts';
import { type FleetUsers, otherUserSentences } from '../release/other-user.ts';
import type { HookPoint } from '../release/plan.ts';
import type { SideTarget } from '../release/target.ts';
import { type Side, sides } from '../release/vocabulary.ts';
import { nodesOf, onEveryNode } from './fleet.ts';
import type { Outcome } from './outcome.ts';
import type { Route } from './ports.ts';
import type { RunContext } from './run-context.ts';

/** Asks every node who else sends traffic to the sides. Rejects with the signal's reason only. */
export async function readOtherUsers(
  route: Route,
  target: SideTarget,
  signal?: AbortSignal,
): Promise<FleetUsers> {
  const nodes = nodesOf(target);
  const found = await onEveryNode(nodes, (node) => route.otherUsers(node, signal));
  return new Map(found.map((users, i) => [nodes[i] as (typeof nodes)[number], users]));
}

/** Who else uses either side, as a plan tells it; nothing where nobody does. */
export function alsoUsed(users: FleetUsers): { readonly alsoUsed?: readonly string[] } {
  const sentences = sides.flatMap((side) => otherUserSentences(users, side));
  return sentences.length === 0 ? {} : { alsoUsed: sentences };
}

/**
 * Before a hook that may stop or overwrite a side: who else uses it, read now, and a person's word where somebody does.
 * Undefined: nobody else does, a person has allowed it for all who do, or the hook does not care.
 */
export async function askAboutOthers(
  context: RunContext,
  point: HookPoint,
  side: Side,
  silent: 'count' | 'are_waited_for' = 'count',
): Promise<Outcome | undefined> {
  const hook = context.release.plan.hooks?.[point];
  if (hook === undefined || hook.sharedSide === 'run') return undefined;
  const fleet = await readTwice(context);
  const unread = silent === 'count' ? silentSentences(fleet, side) : [];
  const users = [...otherUserSentences(fleet, side), ...unread];
  const allowed = allowedIn(context.deps.journal.rowsOf(context.id));
  if (users.every((one) => allowed.has(one))) return undefined;
  const { plan, goingBack, acceptedBy } = context.release;
  const stays = goingBack === undefined && acceptedBy !== undefined ? plan.to : plan.from;
  return {
    kind: 'needs_attention',
    why: `${users.join('; ')}: the hook ${point} of ${context.id} does not run on ${side} by itself. Re-apply runs it all the same; Accept ${stays} leaves it.`,
    byHand: [],
    choice: { reapply: goingBack === undefined ? plan.to : plan.from, accept: stays },
    asks: 'hook',
    users,
  };
}

/** True while one of those whom a person was asked about is still sent there, or may be. */
export async function stillUsed(context: RunContext, asked: readonly string[]): Promise<boolean> {
  const fleet = await readTwice(context);
  const now = sides.flatMap((side) => [
    ...otherUserSentences(fleet, side),
    ...silentSentences(fleet, side),
  ]);
  return now.some((one) => asked.includes(one));
}

/** Asks a silent node once more: one connection that is cut is no silence. */
async function readTwice(context: RunContext): Promise<FleetUsers> {
  const { target } = context.release.plan;
  const first = await readOtherUsers(context.route, target, context.signal);
  if ([...first.values()].every(({ kind }) => kind !== 'silent')) return first;
  await context.pause(context.deps.timings.pollMs);
  return readOtherUsers(context.route, target, context.signal);
}

/** Of a node that does not answer nobody knows who is sent there. */
function silentSentences(fleet: FleetUsers, side: Side): readonly string[] {
  return [...fleet]
    .filter(([, { kind }]) => kind === 'silent')
    .map(([node]) => `${node} does not answer, so nobody knows who else uses ${side} there`);
}

/**
 * True where a person, told who else uses a side, has said that a hook runs all the same. `since`: only where that was
 * after the old side was drained.
 */
export function othersAllowed(context: RunContext, since?: 'drained'): boolean {
  const rows = context.deps.journal.rowsOf(context.id);
  if (since === undefined) return allowedIn(rows).size > 0;
  const last = rows.findLastIndex(({ what }) => what.kind === since);
  return last >= 0 && allowedIn(rows.slice(last)).size > 0;
}

/** Whom a person has allowed to be met: named in a question, and answered by Re-apply. */
function allowedIn(rows: readonly Entry[]): ReadonlySet<string> {
  const allowed = new Set<string>();
  let asked: readonly string[] = [];
  for (const { what } of rows) {
    if (what.kind === 'needs_attention') asked = what.users ?? [];
    if (what.kind === 'reapply_asked') for (const one of asked) allowed.add(one);
  }
  return allowed;
}
