import type { ServerSetting } from '../../release/plan.ts';
import type { ServersTarget } from '../../release/target.ts';
import type { NodeName } from '../../release/vocabulary.ts';
import { nodesOf, onEveryNode } from '../fleet.ts';
import type { ServersReading, ServersRoute } from '../ports.ts';
import type { RunContext } from '../run-context.ts';

/** One node's backend, read whole. */
export type ReachedServers = Extract<ServersReading, { kind: 'reached' }>;

/** Reads every node of the target, each on a fresh connection. */
export function readServersFleet(
  route: ServersRoute,
  target: ServersTarget,
  signal?: AbortSignal,
): Promise<readonly ServersReading[]> {
  return onEveryNode(nodesOf(target), (node) => route.read(node, signal));
}

/**
 * The same for a release that has written: a node with a write in doubt is read only after it has answered and settled,
 * so that nothing of it comes later.
 */
export function readServersSettled(context: RunContext): Promise<readonly ServersReading[]> {
  const { serversRoute: route, serversRelease: release } = context;
  const inDoubt = new Set(
    (release.servers?.open ?? [])
      .filter(({ seq }) => !context.answered.has(seq))
      .map(({ node }) => node),
  );
  return onEveryNode(nodesOf(context.serversTarget), async (node) => {
    if (inDoubt.has(node) && !(await route.barrier(node))) {
      return { kind: 'unreachable', node, why: 'it does not answer since a write in doubt' };
    }
    return route.read(node);
  });
}

/** The settings that a node does not have, of those it should. */
export function notYet(
  { servers }: ReachedServers,
  wanted: readonly ServerSetting[],
): readonly ServerSetting[] {
  return wanted.filter(
    ({ server, state }) => !servers.some((held) => held.name === server && held.state === state),
  );
}

/** `b1 drain, b2 ready`, of some servers as one node has them. */
export function heldSettings(
  { servers }: ReachedServers,
  of: readonly ServerSetting[],
): readonly ServerSetting[] {
  const names = new Set(of.map(({ server }) => server));
  return servers
    .filter(({ name }) => names.has(name))
    .map(({ name, state }) => ({ server: name, state }));
}

/** The lines with which a person does it by hand: on the nodes named, or on every one. */
export function serversByHand(
  context: RunContext,
  wanted: (node: NodeName) => readonly ServerSetting[],
  nodes: readonly NodeName[] = nodesOf(context.serversTarget),
): readonly string[] {
  return nodes.flatMap((node) => context.serversRoute.byHand(node, wanted(node)));
}
