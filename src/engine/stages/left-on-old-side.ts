import type { OldWorkers, SessionCount } from '../../release/reading.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import { nodesOf, onEveryNode } from '../fleet.ts';
import type { RunContext } from '../run-context.ts';

/** What is left on the old side of one node, the workers that a reload replaced included. */
export interface Left extends SessionCount {
  /** So many of the sessions are on old workers. HAProxy lets nobody shut these down, they only end. */
  readonly onOldWorkers: number;
}

/** Counts what every node still serves of the side that the release left. */
export function leftOnOldSide(context: RunContext): Promise<readonly Left[]> {
  const { plan } = context.release;
  return onEveryNode(nodesOf(plan.target), async (node) => {
    const [running, old] = await Promise.all([
      context.route
        .sessions(node, plan.from, context.signal)
        .catch((error: unknown) => notCounted(node, error)),
      context.route.oldWorkers(node, context.signal).catch(unlessAborted),
    ]);
    const left = old === undefined ? nothing : ofOldWorkers(old, plan.from);
    return {
      node,
      sessions: running.sessions + left.sessions,
      stragglers: [...running.stragglers, ...left.stragglers],
      onOldWorkers: left.sessions,
    };
  });
}

/** The sum over all nodes. */
export function sumOf(counts: readonly Left[]): number {
  return counts.reduce((total, { sessions }) => total + sessions, 0);
}

/** The sum of what a person could still decide about. */
export function sumOfRunning(counts: readonly Left[]): number {
  return counts.reduce((total, one) => total + one.sessions - one.onOldWorkers, 0);
}

/** A node that cannot be asked has an unknown number of sessions: one, so that it is not taken for drained. */
function notCounted(node: NodeName, error: unknown): SessionCount {
  const why = error instanceof Error ? error.message : String(error);
  return { node, sessions: 1, stragglers: [`${node} could not be asked: ${why}`] };
}

/** An interrupted count is thrown away by the caller. */
function unlessAborted(error: unknown): OldWorkers {
  return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
}

const nothing: Pick<SessionCount, 'sessions' | 'stragglers'> = { sessions: 0, stragglers: [] };

/** A master that is silent, as during a reload, leaves the number unknown: one, for the same reason. */
function ofOldWorkers(old: OldWorkers, side: Side): Pick<SessionCount, 'sessions' | 'stragglers'> {
  if (old.kind === 'unknown') {
    return { sessions: 1, stragglers: [`its old workers could not be asked: ${old.why}`] };
  }
  const left = old.workers.filter(({ sessions }) => sessions[side] > 0);
  return {
    sessions: left.reduce((total, { sessions }) => total + sessions[side], 0),
    stragglers: left.map(({ pid, sessions }) => `an old worker (pid ${pid}): ${sessions[side]}`),
  };
}
