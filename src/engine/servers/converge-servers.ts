import { joined } from '../../release/joined.ts';
import type { ServerSetting } from '../../release/plan.ts';
import { settingWords } from '../../release/servers-words.ts';
import type { NodeName } from '../../release/vocabulary.ts';
import { type Deadline, withDeadline } from '../../timing/deadline.ts';
import { withNode } from '../fleet.ts';
import { NodeTries } from '../node-tries.ts';
import type { ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { patienceMs } from '../take-over.ts';
import { closeServers } from './close-servers.ts';
import { whyNoneStays } from './one-stays.ts';
import { heldSettings, notYet, type ReachedServers, readServersSettled } from './servers-fleet.ts';
import { writeServers } from './write-servers.ts';

export interface ServersWish {
  /** What the node's servers shall be. */
  readonly wanted: (node: NodeName) => readonly ServerSetting[];
  readonly why: string;
}

export type ServersConverged =
  | { readonly kind: 'there' }
  /** Some node could not be brought there, or must not be. */
  | { readonly kind: 'stuck'; readonly why: string; readonly nodes: readonly NodeName[] }
  /** A person or the end of the program came between. */
  | { readonly kind: 'interrupted' };

/**
 * Reads every node and writes only the differences, with intents, until all servers are as wanted. Nothing is taken out
 * anywhere while a node is silent, or while on any node no healthy server would be left.
 */
export function convergeServers(context: RunContext, wish: ServersWish): Promise<ServersConverged> {
  return withDeadline(patienceMs, (deadline) => convergeWithin(deadline, context, wish));
}

async function convergeWithin(
  deadline: Deadline,
  context: RunContext,
  wish: ServersWish,
): Promise<ServersConverged> {
  const tries = new NodeTries();
  while (!context.signal.aborted) {
    const readings = await readServersSettled(context);
    closeServers(context, readings);
    const sorted = sortOut(readings, wish, tries);
    if (isThere(sorted)) return { kind: 'there' };
    if (context.signal.aborted) break;
    if (await writeRound(context, sorted, wish, tries)) continue;
    if (sorted.isFinal || deadline.expired) {
      return stuck(sorted.problems);
    }
    await context.pause(context.deps.timings.pollMs);
  }
  return { kind: 'interrupted' };
}

function isThere({ away, problems }: Sorted): boolean {
  return away.length === 0 && problems.length === 0;
}

/** True where something was written: then everything is read anew. */
async function writeRound(
  context: RunContext,
  { away, problems }: Sorted,
  wish: ServersWish,
  tries: NodeTries,
): Promise<boolean> {
  const now = writable(away, problems, wish);
  for (const { node } of now) tries.begin(node);
  const orders = now.map((reading) => ({
    reading,
    settings: notYet(reading, wish.wanted(reading.node)),
  }));
  tries.note(await writeServers(context, orders, wish.why));
  return orders.length > 0;
}

interface Problem {
  readonly node: NodeName;
  readonly why: string;
}

interface Sorted {
  /** Not as wanted, and may be written. */
  readonly away: readonly ReachedServers[];
  readonly problems: readonly Problem[];
  /** None of the problems goes away by waiting. */
  readonly isFinal: boolean;
}

function sortOut(readings: readonly ServersReading[], wish: ServersWish, tries: NodeTries): Sorted {
  const away: ReachedServers[] = [];
  const late: Problem[] = [];
  const odd: Problem[] = [];
  for (const reading of readings) {
    const { node } = reading;
    const lateness = whyLate(reading);
    if (reading.kind === 'unreachable' || lateness !== undefined) {
      late.push({ node, why: lateness ?? '' });
      continue;
    }
    const off = notYet(reading, wish.wanted(node));
    const why = obstacleTo(reading, off, tries);
    if (why !== undefined) odd.push({ node, why });
    else if (off.length > 0) away.push(reading);
  }
  return { away, problems: [...odd, ...late], isFinal: late.length === 0 };
}

function whyLate(reading: ServersReading): string | undefined {
  if (reading.kind === 'unreachable') return reading.why;
  return reading.stopping ? 'its worker is being replaced by a reload' : undefined;
}

/** Why this node must not, or can no longer, be written; undefined where nothing is in the way. */
function obstacleTo(
  reading: ReachedServers,
  off: readonly ServerSetting[],
  tries: NodeTries,
): string | undefined {
  if (off.length === 0) return undefined;
  const missing = off.filter(({ server }) => !reading.servers.some(({ name }) => name === server));
  if (missing.length > 0) return `it has no server ${missing.map((m) => m.server).join(', ')}`;
  const taking = off.filter(({ state }) => state !== 'ready').map(({ server }) => server);
  const none = whyNoneStays(reading, taking);
  if (none !== undefined) return none;
  return tries.whyNoMore(reading.node, settingWords(heldSettings(reading, off)));
}

/** A batch is taken out on every node or on none; what is put back is put back wherever it can be. */
function writable(
  away: readonly ReachedServers[],
  problems: readonly Problem[],
  { wanted }: ServersWish,
): readonly ReachedServers[] {
  const takes = away.some(({ node }) => wanted(node).some(({ state }) => state !== 'ready'));
  return takes && problems.length > 0 ? [] : away;
}

function stuck(problems: readonly Problem[]): ServersConverged {
  return {
    kind: 'stuck',
    why: joined(problems.map(({ node, why }) => withNode(node, why))),
    nodes: problems.map(({ node }) => node),
  };
}
