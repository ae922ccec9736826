import type { ServerHeld } from '../../../../engine/ports.ts';
import type { Worker } from '../../../../release/reading.ts';
import type { ServerState } from '../../../../release/vocabulary.ts';
import { setServers } from '../../../servers/set-servers.ts';
import type { OneBackendNode } from './one-backend-node.ts';

/** Gives these servers one state. Throws a sentence where the worker that was seen did not take it. */
export async function setStates(
  node: OneBackendNode,
  expected: Worker,
  servers: readonly ServerHeld[],
  state: ServerState,
): Promise<void> {
  if (servers.length === 0) return;
  const names = servers.map(({ name }) => name);
  const settings = names.map((server) => ({ server, state }));
  const result = await setServers(node, settings, expected);
  if (result.kind === 'accepted') return;
  throw new Error(
    `${names.join(', ')} could not be set to ${state} on ${node.at.node}: ${result.why}`,
  );
}
