import type { NodeReading } from '../../release/reading.ts';
import { isServersRelease, type OpenIntent, openWrites } from '../../release/release.ts';
import type { OpenServersIntent } from '../../release/servers-progress.ts';
import { type NodeName, serverName } from '../../release/vocabulary.ts';
import { byHandLines } from '../by-hand.ts';
import { msSince } from '../deadline.ts';
import { isOn, nodesOf, onEveryNode } from '../fleet.ts';
import { interrupted, type Outcome } from '../outcome.ts';
import type { ServersReading } from '../ports.ts';
import { closeEveryIntent, closeUnaskedIntents } from '../reconcile.ts';
import type { RunContext } from '../run-context.ts';
import { closeServers, closeUnasked } from '../servers/close-servers.ts';
import { notYet, serversByHand } from '../servers/servers-fleet.ts';

/** So long a node may stay silent, or keep failing, beyond that before people are told, milliseconds. */
const patienceMs = 10_000;

type OpenWrite = OpenIntent | OpenServersIntent;

/**
 * Waits until nothing that this release has sent can be carried out any more, then reads how it ended and closes it.
 * Undefined: nothing is open. `interrupted`: a late line has moved a node, or somebody came between; the step is to be done
 * again. No stage is passed and no release ends before.
 */
export async function settleWrites(context: RunContext): Promise<Outcome | undefined> {
  closeGone(context);
  for (;;) {
    const open = openWrites(context.anyRelease);
    if (open.length === 0) break;
    if (context.signal.aborted) return interrupted;
    context.unsettledSince ??= context.deps.clock.now();
    const stopped = await lookOnce(context, open);
    if (stopped !== undefined) return stopped;
  }
  context.unsettledSince = undefined;
  return undefined;
}

/** The same behind a step that was passed. */
export async function whenSettled(context: RunContext, outcome: Outcome): Promise<Outcome> {
  return outcome.kind === 'passed' ? ((await settleWrites(context)) ?? outcome) : outcome;
}

/** Closes what is over by a reading that was begun when it was over; an outcome where it is not waited for any more. */
async function lookOnce(
  context: RunContext,
  open: readonly OpenWrite[],
): Promise<Outcome | undefined> {
  const over = open.filter((one) => isOver(context, one));
  const looked = await look(context, open);
  if (looked.moved) return interrupted;
  looked.close(over);
  const rest = openWrites(context.anyRelease);
  if (rest.length === 0) return undefined;
  if (isOverdue(context)) return notSettled(context, rest);
  context.progress({ text: waitingWords(rest), ...looked.shown });
  await context.pause(context.deps.timings.pollMs);
  return undefined;
}

/** True where nothing of it can come any more: it was answered, is a file of ours, or was given up long enough ago. */
function isOver({ answered, deps }: RunContext, write: OpenWrite): boolean {
  if (!write.unknown || answered.has(write.seq) || write.effect === 'disk') return true;
  return msSince(deps.clock, write.at) >= deps.timings.lateMs;
}

function isOverdue({ deps, unsettledSince }: RunContext): boolean {
  if (unsettledSince === undefined) return false;
  return msSince(deps.clock, unsettledSince) >= deps.timings.lateMs + patienceMs;
}

interface Looked {
  /** A node is elsewhere than this release has brought it: a late line, or another hand. */
  readonly moved: boolean;
  readonly close: (over: readonly OpenWrite[]) => void;
  readonly shown: {
    readonly readings?: readonly NodeReading[];
    servers?: readonly ServersReading[];
  };
}

function look(context: RunContext, open: readonly OpenWrite[]): Promise<Looked> {
  const inDoubt = new Set(open.map(({ node }) => node));
  return isServersRelease(context.anyRelease)
    ? lookAtServers(context, inDoubt, open)
    : lookAtSides(context, inDoubt);
}

async function lookAtSides(context: RunContext, inDoubt: ReadonlySet<NodeName>): Promise<Looked> {
  const { route, deps } = context;
  const readings = await onEveryNode(nodesOf(context.target), (node) =>
    behindBarrier(inDoubt.has(node), route, node, context.signal),
  );
  const wanted = deps.journal.service(context.release.service).switchedTo;
  const moved =
    asksNobody(context) &&
    wanted !== undefined &&
    readings.some((one) => one.kind === 'reached' && !one.stopping && !isOn(one, wanted));
  const close = (over: readonly OpenWrite[]) => closeEveryIntent(context, readings, seqsOf(over));
  return { moved, close, shown: { readings } };
}

async function lookAtServers(
  context: RunContext,
  inDoubt: ReadonlySet<NodeName>,
  open: readonly OpenWrite[],
): Promise<Looked> {
  const { serversRoute, deps } = context;
  const readings = await onEveryNode(nodesOf(context.serversTarget), (node) =>
    behindBarrier(inDoubt.has(node), serversRoute, node, context.signal),
  );
  const { desired } = deps.journal.service(context.serversRelease.service).servers ?? {};
  const touched = open.flatMap((one) => ('settings' in one ? one.settings : []));
  const wanted = touched.flatMap(({ server }) => {
    const state = desired?.[server];
    return state === undefined ? [] : [{ server, state }];
  });
  const moved = readings.some(
    (one) => one.kind === 'reached' && !one.stopping && notYet(one, wanted).length > 0,
  );
  const close = (over: readonly OpenWrite[]) => closeServers(context, readings, seqsOf(over));
  return { moved, close, shown: { servers: readings } };
}

/** A node with a write in doubt is read only after it has answered and worked off what was queued. */
async function behindBarrier<Reading>(
  inDoubt: boolean,
  route: {
    barrier(node: NodeName, signal?: AbortSignal): Promise<boolean>;
    read(node: NodeName, signal?: AbortSignal): Promise<Reading>;
  },
  node: NodeName,
  signal: AbortSignal,
): Promise<Reading | { kind: 'unreachable'; node: NodeName; why: string }> {
  if (inDoubt && !(await route.barrier(node, signal))) {
    return { kind: 'unreachable', node, why: 'it does not answer since an unknown write' };
  }
  return route.read(node, signal);
}

function seqsOf(writes: readonly OpenWrite[]): ReadonlySet<number> {
  return new Set(writes.map(({ seq }) => seq));
}

/** The nodes are brought where the journal says, whatever they show: going back, settling, and after acceptance. */
function asksNobody({ release }: RunContext): boolean {
  const { goingBack, settling, acceptedBy } = release;
  return goingBack !== undefined || settling !== undefined || acceptedBy !== undefined;
}

/** Nodes that the configuration no longer names are not asked any more. */
function closeGone(context: RunContext): void {
  if (isServersRelease(context.anyRelease)) closeUnasked(context);
  else closeUnaskedIntents(context);
}

function waitingWords(open: readonly OpenWrite[]): string {
  return `Waits until nothing unanswered can be carried out any more on ${nodesIn(open)}`;
}

function nodesIn(open: readonly OpenWrite[]): string {
  return [...new Set(open.map(({ node }) => node))].join(', ');
}

function notSettled(context: RunContext, open: readonly OpenWrite[]): Outcome {
  // The next look has the same time as this one.
  context.unsettledSince = undefined;
  const nodes = [...new Set(open.map(({ node }) => node))];
  const why = `It is not known how a write to ${nodesIn(open)} ended: it was not answered, and may still be carried out. The release stays open until that is known.`;
  if (isServersRelease(context.anyRelease)) {
    const { desired = {} } = context.deps.journal.service(context.anyRelease.service).servers ?? {};
    const settings = Object.entries(desired).map(([name, state]) => ({
      server: serverName(name),
      state,
    }));
    return { kind: 'needs_attention', why, byHand: serversByHand(context, () => settings, nodes) };
  }
  const { plan, service } = context.release;
  const side = context.deps.journal.service(service).switchedTo ?? plan.from;
  return { kind: 'needs_attention', why, byHand: byHandLines(context, side, nodes) };
}
