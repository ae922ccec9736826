import { heldWords } from '../release/held-words.ts';
import { joined } from '../release/joined.ts';
import type { Happening } from '../release/journal-entry.ts';
import type { Held, NodeReading, ReachedNode } from '../release/reading.ts';
import { takesTraffic } from '../release/server-fitness.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { type Deadline, withDeadline } from '../timing/deadline.ts';
import { perform } from './effects/perform.ts';
import { isOn, readFleet, withNode } from './fleet.ts';
import { NodeTries } from './node-tries.ts';
import { readPrepared } from './read-settled.ts';
import { closeIntents } from './reconcile.ts';
import type { RunContext } from './run-context.ts';
import { fireOnAll, memoryAct, recordSwitched } from './write-memory.ts';

/** How bringing every node's memory to one side ended. */
export type Converged =
  | {
      readonly kind: 'there';
      readonly moved: readonly NodeName[];
      readonly readings: readonly ReachedNode[];
    }
  /** Some node could not be brought there, or must not be; the rest is there. */
  | { readonly kind: 'stuck'; readonly why: string; readonly nodes: readonly NodeName[] };

export interface ConvergeAsk {
  readonly to: Side;
  readonly why: string;
  /** How long a silent node is waited for, milliseconds. */
  readonly patienceMs: number;
  /** True: also where the side has no healthy server (a person's override). */
  readonly evenWithoutServers: boolean;
  /** True: an operator named the side, a foreign value is overwritten too. */
  readonly overwriteForeign: boolean;
  /** Waits between two looks at a node that is not there yet, milliseconds. */
  readonly retryMs?: number;
}

/**
 * Reads every node and writes only the differences, with intents, until all of them name `to` in memory.
 * Used wherever nobody is asked any more: going back, rollback, adoption, settling, recovery.
 */
export function convergeMemory(context: RunContext, ask: ConvergeAsk): Promise<Converged> {
  return withDeadline(ask.patienceMs, (deadline) => convergeWithin(deadline, context, ask));
}

async function convergeWithin(
  deadline: Deadline,
  context: RunContext,
  ask: ConvergeAsk,
): Promise<Converged> {
  const tries = new NodeTries();
  const { gate } = context;
  for (let round = 0; ; round += 1) {
    gate.check();
    const readings = await readPrepared(context, ask.to, round === 0);
    const sorted = sortOut(context, readings, ask, tries);
    await writeAway(context, sorted.away, ask, tries);
    if (sorted.away.length > 0) continue;
    if (sorted.late.length === 0 || deadline.expired) {
      return verdict(sorted, tries);
    }
    await context.deps.clock.sleep(ask.retryMs ?? 500, gate.signal);
  }
}

interface Sorted {
  readonly there: readonly ReachedNode[];
  /** On the other side, and may be written. */
  readonly away: readonly ReachedNode[];
  /** Silent, or its worker is being replaced: may come. */
  readonly late: readonly { readonly node: NodeName; readonly why: string }[];
  /** Will not come by itself. */
  readonly odd: readonly { readonly node: NodeName; readonly why: string }[];
}

function sortOut(
  context: RunContext,
  readings: readonly NodeReading[],
  ask: ConvergeAsk,
  tries: NodeTries,
): Sorted {
  const reached = readings.filter((reading) => reading.kind === 'reached');
  const live = reached.filter(({ stopping }) => !stopping);
  const odd = live.flatMap((reading) => {
    const why = obstacleTo(reading, ask, tries);
    return why === undefined ? [] : [{ node: reading.node, why }];
  });
  const fit = live.filter(({ node }) => !odd.some((one) => one.node === node));
  closeIntents(context, 'memory', fit);
  return {
    there: fit.filter((reading) => isOn(reading, ask.to)),
    away: fit.filter((reading) => !isOn(reading, ask.to)),
    late: readings.flatMap((reading) => {
      const why = whyLate(reading);
      return why === undefined ? [] : [{ node: reading.node, why }];
    }),
    odd,
  };
}

function whyLate(reading: NodeReading): string | undefined {
  if (reading.kind === 'unreachable') return reading.why;
  return reading.stopping ? 'its worker is being replaced by a reload' : undefined;
}

/** Why this node must not, or can no longer, be written; undefined where nothing is in the way. */
function obstacleTo(reading: ReachedNode, ask: ConvergeAsk, tries: NodeTries): string | undefined {
  if (isOn(reading, ask.to)) return undefined;
  const { memory } = reading;
  if (!writable(memory, ask)) {
    return `it holds ${heldWords(memory)}, which is neither side as planned`;
  }
  const side = reading.sides[ask.to];
  if (!side.exists) return `it has no backend ${side.backend}`;
  if (!ask.evenWithoutServers && !takesTraffic(side)) {
    return `no server of ${side.backend} is healthy there`;
  }
  return tries.whyNoMore(reading.node, heldWords(memory));
}

/** A side may always be moved; another hand's value, or a key that is gone, only where a person named the side. */
function writable(memory: Held, ask: ConvergeAsk): boolean {
  if (memory.kind === 'side' || memory.kind === 'between') return true;
  return ask.overwriteForeign && (memory.kind === 'foreign' || memory.kind === 'missing');
}

async function writeAway(
  context: RunContext,
  away: readonly ReachedNode[],
  ask: ConvergeAsk,
  tries: NodeTries,
): Promise<void> {
  if (away.length === 0) return;
  for (const { node } of away) tries.begin(node);
  // `set map` never creates a key; the fenced form does.
  const needsFence = ({ node, memory }: ReachedNode): boolean =>
    memory.kind === 'missing' || hadUnknown(context, node);
  const fenced = away.filter(needsFence);
  const plain = away.filter((reading) => !needsFence(reading));
  await Promise.all([
    writeFenced(context, fenced, ask, tries),
    writePlain(context, plain, ask, tries),
  ]);
}

/** True when some write of this release to this node once ended unknown: it may still be on its way. */
function hadUnknown(context: RunContext, node: NodeName): boolean {
  return context.deps.journal
    .rowsOf(context.id)
    .some(({ node: at, what }) => at === node && isInDoubt(what));
}

function isInDoubt(what: Happening): boolean {
  if (what.kind === 'intent') return what.effect === 'memory' && what.inherits !== undefined;
  return what.kind === 'result' && what.effect === 'memory' && what.outcome === 'unknown';
}

/** All in one volley; a node that cannot be armed must not keep the others from going, so then each by itself. */
async function writePlain(
  context: RunContext,
  readings: readonly ReachedNode[],
  ask: ConvergeAsk,
  tries: NodeTries,
): Promise<void> {
  if (readings.length === 0) return;
  const volley = await fireOnAll(context, readings, ask.to, ask.why);
  if (volley.kind === 'not_armed') {
    const [only] = readings;
    if (only !== undefined && readings.length === 1) tries.noteUnsent(only.node, volley.why);
    else await Promise.all(readings.map((reading) => writePlain(context, [reading], ask, tries)));
    return;
  }
  tries.note(volley.written.map(({ reading: { node }, result }) => ({ node, result })));
  if (isSwitchOfItsOwn(context)) recordSwitched(context, volley);
}

/** A rollback's or an adoption's own switch has a skew to be told; a compensation is not one. */
function isSwitchOfItsOwn({ release }: RunContext): boolean {
  return release.plan.kind !== 'forward' && release.state === 'switching';
}

async function writeFenced(
  context: RunContext,
  readings: readonly ReachedNode[],
  ask: ConvergeAsk,
  tries: NodeTries,
): Promise<void> {
  if (readings.length === 0) return;
  const performed = await perform(
    context,
    readings.map((reading) => ({
      ...memoryAct(context, reading, ask.to, `${ask.why} (fenced)`),
      send: (gate) => context.route.writeFenced(reading.node, ask.to, gate),
    })),
  );
  tries.note(performed);
}

function verdict(sorted: Sorted, tries: NodeTries): Converged {
  const problems = [...sorted.odd, ...sorted.late];
  if (problems.length === 0) {
    return { kind: 'there', moved: tries.nodes, readings: sorted.there };
  }
  return {
    kind: 'stuck',
    why: joined(problems.map(({ node, why }) => withNode(node, why))),
    nodes: problems.map(({ node }) => node),
  };
}

/** Reads the whole fleet once more; the nodes that do not name `to`, and why, in words. */
export async function notOn(
  context: RunContext,
  to: Side,
): Promise<Omit<Extract<Converged, { kind: 'stuck' }>, 'kind'> | undefined> {
  const readings = await readFleet(context.route, context.target);
  const off = readings.filter((reading) => !isOn(reading, to));
  if (off.length === 0) return undefined;
  return {
    why: off
      .map((r) => `${r.node}: ${r.kind === 'reached' ? `holds ${heldWords(r.memory)}` : r.why}`)
      .join('; '),
    nodes: off.map(({ node }) => node),
  };
}
