import { heldWords } from '../release/held-words.ts';
import { joined } from '../release/joined.ts';
import type { Observed } from '../release/plan.ts';
import { inBrief } from '../release/plan-size.ts';
import type { NodeReading, ReachedNode } from '../release/reading.ts';
import type { RouteTarget, SideTarget } from '../release/target.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { Deadline } from '../timing/deadline.ts';
import type { Extent, Route } from './ports.ts';

/** How many nodes are asked at once. Each node is its own process; two connections per node are the client's limit. */
const atOnce = 64;

/** Runs `ask` on every node and gives one result per node, in the target's order. */
export async function onEveryNode<T>(
  nodes: readonly NodeName[],
  ask: (node: NodeName) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = new Array(nodes.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < nodes.length; i = next++) {
      results[i] = await ask(nodes[i] as NodeName);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, nodes.length) }, worker));
  return results;
}

/** The names of a target's nodes. */
export function nodesOf(target: RouteTarget): readonly NodeName[] {
  return target.nodes.map(({ node }) => node);
}

/** Reads every node of the target, each on fresh connections. */
export function readFleet(
  route: Route,
  target: SideTarget,
  signal?: AbortSignal,
  extent?: Extent,
): Promise<readonly NodeReading[]> {
  return onEveryNode(nodesOf(target), (node) => route.read(node, signal, extent));
}

/** What a plan keeps of a node as it was found. A silent one is found, too: nothing is known of it. */
export function observedOf(reading: NodeReading): Observed {
  const { node } = reading;
  if (reading.kind === 'unreachable') {
    const unread = { kind: 'unreadable', why: reading.why } as const;
    return inBrief({ node, memory: unread, disk: unread });
  }
  const { memory, disk, diskFile } = reading;
  return inBrief({ node, memory, disk, ...(diskFile === undefined ? {} : { file: diskFile }) });
}

/** Who has not answered so long after the first node did is not waited for, milliseconds. */
const graceMs = 300;

/**
 * Waits for the readings of one round as somebody in a hurry does: from the first answer on the others have a moment. So
 * one silent node keeps a rollback from nothing, and where all are slow none is taken for silent.
 */
export function inAHurry(): (
  node: NodeName,
  reading: Promise<NodeReading>,
) => Promise<NodeReading> {
  let answered = (): void => {};
  const first = new Promise<void>((resolve) => {
    answered = resolve;
  });
  return (node, reading) =>
    new Promise((resolve, reject) => {
      let grace: Deadline | undefined;
      let isOver = false;
      const late: NodeReading = { kind: 'unreachable', node, why: 'it has not answered yet' };
      void first.then(() => {
        if (!isOver) grace = new Deadline(graceMs, () => resolve(late));
      });
      reading
        .then((one) => {
          if (one.kind === 'reached') answered();
          resolve(one);
        }, reject)
        .finally(() => {
          isOver = true;
          grace?.cancel();
        });
    });
}

/** Reads the fleet for somebody in a hurry. */
export function readFleetInTime(route: Route, target: SideTarget): Promise<readonly NodeReading[]> {
  const inTime = inAHurry();
  return onEveryNode(nodesOf(target), (node) => inTime(node, route.read(node)));
}

/** A node's words, its name in front once. */
export function withNode(node: NodeName, why: string): string {
  return why.startsWith(node) ? why : `${node}: ${why}`;
}

/** The side all nodes have in memory, or a sentence per node that says why there is none. */
export type Agreement =
  | { readonly kind: 'agreed'; readonly side: Side; readonly readings: readonly ReachedNode[] }
  | {
      readonly kind: 'apart';
      readonly why: string /** Some node did not answer. */;
      readonly silent: boolean;
    };

export function agreement(readings: readonly NodeReading[]): Agreement {
  const reached = readings.filter((reading) => reading.kind === 'reached');
  const silent = readings.filter((reading) => reading.kind === 'unreachable');
  if (silent.length > 0) {
    return {
      kind: 'apart',
      silent: true,
      why: joined(silent.map(({ node, why }) => withNode(node, why))),
    };
  }
  const first = reached[0];
  if (first === undefined) return { kind: 'apart', silent: true, why: 'the fleet has no node' };
  const held = first.memory;
  if (held.kind === 'side' && reached.every((r) => isOn(r, held.side))) {
    return { kind: 'agreed', side: held.side, readings: reached };
  }
  return { kind: 'apart', silent: false, why: `in memory ${wordsPerNode(reached, 'memory')}` };
}

/** `lb-1 has blue, lb-2 has green`. */
export function wordsPerNode(readings: readonly ReachedNode[], place: 'memory' | 'disk'): string {
  return readings.map((reading) => `${reading.node} has ${heldWords(reading[place])}`).join(', ');
}

/** True when the running worker sends new requests to this side. */
export function isOn(reading: NodeReading, side: Side): boolean {
  return (
    reading.kind === 'reached' && reading.memory.kind === 'side' && reading.memory.side === side
  );
}

/** True when the node's next worker would start with this side, as far as the route keeps anything for it. */
export function willStartOn(reading: NodeReading, side: Side): boolean {
  const { disk } = reading;
  if (disk === undefined) return false;
  return disk.kind === 'none' || (disk.kind === 'side' && disk.side === side);
}
