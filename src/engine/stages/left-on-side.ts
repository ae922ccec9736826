import { counted } from '../../release/counted.ts';
import type { NodeReading, OldWorkers, SessionCount, Worker } from '../../release/reading.ts';
import type { NodeName, Side } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import { nodesOf, onEveryNode } from '../fleet.ts';
import type { RunContext } from '../run-context.ts';
import type { SideUse } from '../side-use.ts';

/** What is left on one side of one node, the workers that a reload replaced included. */
export interface Left extends SessionCount {
  /** So many of the sessions are on old workers where nobody shuts them down: they only end. */
  readonly onOldWorkers: number;
  /** Users were there lately: between two requests they have no session, and they will come back. */
  readonly inUse: boolean;
  /** The node as it was read with it. */
  readonly reading: NodeReading;
}

/** Counts what every node still serves of one side. `use`: since when it is quiet, where its users come back to it. */
export function leftOnSide(
  context: RunContext,
  side: Side,
  use: SideUse | undefined,
): Promise<readonly Left[]> {
  const { plan, workers } = context.release;
  return onEveryNode(nodesOf(plan.target), async (node) => {
    const [reading, running, old] = await Promise.all([
      readOr(context, node),
      context.route
        .sessions(node, side, context.signal)
        .catch((error: unknown) => notCounted(node, error)),
      context.route.oldWorkers(node, context.signal).catch(unlessAborted),
    ]);
    const left = old === undefined ? unseen(reading, workers[node]) : ofOldWorkers(old, side);
    const quietMs = use?.quietMs(node, running.served) ?? 0;
    const inUse = use !== undefined && !use.isLeft(quietMs);
    return {
      node,
      inUse,
      sessions: running.sessions + left.sessions,
      stragglers: [
        ...running.stragglers,
        ...left.stragglers,
        ...(inUse ? [`${side} was used ${Math.round(quietMs / 1000)} s ago`] : []),
      ],
      onOldWorkers: old?.kind === 'known' && old.canBeCut === true ? 0 : left.sessions,
      reading,
    };
  });
}

/** True where no node has a session on the old side, and no user who will come back. */
export function isLeft(counts: readonly Left[]): boolean {
  return counts.every(({ sessions, inUse }) => sessions === 0 && !inUse);
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

function readOr({ route, signal }: RunContext, node: NodeName): Promise<NodeReading> {
  return route.read(node, signal).catch((error: unknown) => ({
    kind: 'unreachable',
    node,
    why: error instanceof Error ? error.message : String(error),
  }));
}

type FromOld = Pick<SessionCount, 'sessions' | 'stragglers'>;

/** Nobody can be asked for old workers: that there may be one is all that can be said. */
function unseen(reading: NodeReading, checked: Worker | undefined): FromOld {
  const wasReloaded =
    reading.kind === 'reached' && checked !== undefined && !isSameWorker(reading.worker, checked);
  const sentence =
    'it was reloaded since the switch, and without `master` in the configuration nobody sees what its old worker still serves';
  return { sessions: 0, stragglers: wasReloaded ? [sentence] : [] };
}

/** A master that is silent, as during a reload, leaves the number unknown: one, for the same reason. */
function ofOldWorkers(old: OldWorkers, side: Side): FromOld {
  if (old.kind === 'unknown') {
    return { sessions: 1, stragglers: [`its old workers could not be asked: ${old.why}`] };
  }
  const left = old.workers.filter(({ sessions }) => sessions[side] > 0);
  return {
    sessions: left.reduce((total, { sessions }) => total + sessions[side], 0),
    stragglers: left.map(({ pid, sessions }) => {
      const count = sessions[side];
      return `an old worker (pid ${pid}): ${counted(count, 'session')}`;
    }),
  };
}
