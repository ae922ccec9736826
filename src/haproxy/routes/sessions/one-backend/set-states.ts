import type { ActResult, EffectGate, ServerHeld } from '../../../../engine/ports.ts';
import type { ServerState } from '../../../../release/vocabulary.ts';
import { setServers } from '../../../servers/set-servers.ts';
import type { BackendLook } from './look-at-backend.ts';
import type { OneBackendNode } from './one-backend-node.ts';

/** Servers that were seen on a worker, and the one state they shall have. */
export interface StatesAsked {
  readonly look: BackendLook;
  readonly servers: readonly ServerHeld[];
  readonly state: ServerState;
}

/** Gives these servers one state, on the worker that was seen. Never rejects. */
export async function setStates(
  node: OneBackendNode,
  { look, servers, state }: StatesAsked,
  gate: EffectGate,
): Promise<ActResult> {
  if (servers.length === 0) return { kind: 'accepted' };
  const names = servers.map(({ name }) => name);
  const settings = names.map((server) => ({ server, state }));
  const result = await setServers(node, settings, look.worker, gate);
  if (result.kind === 'accepted') return result;
  const why = `${names.join(', ')} could not be set to ${state} on ${node.at.node}: ${result.why}`;
  return { ...result, why };
}
