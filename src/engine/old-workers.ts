import type { OldWorkers } from '../release/reading.ts';
import type { SideTarget } from '../release/target.ts';
import type { NodeName } from '../release/vocabulary.ts';
import { nodesOf, onEveryNode } from './fleet.ts';
import type { Route } from './ports.ts';

/** The old workers of every node whose master is configured. */
export async function readOldWorkers(
  route: Route,
  target: SideTarget,
  signal?: AbortSignal,
): Promise<ReadonlyMap<NodeName, OldWorkers>> {
  const found = await onEveryNode(
    nodesOf(target),
    async (node) => [node, await route.oldWorkers(node, signal)] as const,
  );
  return new Map(
    found.flatMap(([node, workers]) => (workers === undefined ? [] : [[node, workers] as const])),
  );
}
