import type { ActResult, EffectGate, ServerHeld } from '../../../../engine/ports.ts';
import { heldWords } from '../../../../release/held-words.ts';
import type { Held } from '../../../../release/reading.ts';
import { otherSide, type Side } from '../../../../release/vocabulary.ts';
import { lookAtBackend } from './look-at-backend.ts';
import type { OneBackendNode } from './one-backend-node.ts';
import { serversOf } from './reading-of.ts';
import { setStates } from './set-states.ts';

/**
 * Puts the side that was left into maintenance: also who has its cookie goes to the other side then. Only where new users
 * are on the other side, whole: nobody must be left without a server. Never rejects.
 */
export async function takeOut(
  node: OneBackendNode,
  side: Side,
  memory: (servers: Readonly<Record<Side, readonly ServerHeld[]>>) => Held,
  gate: EffectGate,
): Promise<ActResult> {
  try {
    const look = await lookAtBackend(node, gate.signal);
    const servers = {
      blue: serversOf(look, node.target, 'blue'),
      green: serversOf(look, node.target, 'green'),
    };
    const held = memory(servers);
    const other = otherSide(side);
    if (held.kind !== 'side' || held.side !== other) {
      const why = `${side} was not taken out on ${node.at.node}: new users are not on ${other} there, it holds ${heldWords(held)}`;
      return { kind: 'refused', why };
    }
    const still = servers[side].filter(({ state }) => state !== 'maint');
    return await setStates(node, { look, servers: still, state: 'maint' }, gate);
  } catch (error) {
    return { kind: 'not_applied', why: error instanceof Error ? error.message : String(error) };
  }
}
