import { setTimeout as pause } from 'node:timers/promises';
import type { ActResult, EffectGate } from '../../../../engine/ports.ts';
import type { Side } from '../../../../release/vocabulary.ts';
import { withDeadline } from '../../../../timing/deadline.ts';
import { lookAtBackend } from './look-at-backend.ts';
import type { OneBackendNode } from './one-backend-node.ts';
import { serversOf } from './reading-of.ts';
import { setStates } from './set-states.ts';

/** A slow check's interval, and its own time. */
const longestMs = 30_000;
const everyMs = 100;

/**
 * Lifts a side's servers from maintenance to drain, where HAProxy checks them and sends them nobody new, and waits until
 * each of them has been checked, half a minute at most. How the checks end is the gates' affair. Never rejects.
 */
export async function letIn(
  node: OneBackendNode,
  side: Side,
  gate: EffectGate,
): Promise<ActResult> {
  try {
    const look = await lookAtBackend(node, gate.signal);
    const servers = serversOf(look, node.target, side).filter(({ state }) => state === 'maint');
    if (servers.length === 0) return { kind: 'accepted' };
    const set = await setStates(node, { look, servers, state: 'drain' }, gate);
    if (set.kind === 'accepted') await untilChecked(node, side, gate);
    return set;
  } catch (error) {
    return { kind: 'not_applied', why: error instanceof Error ? error.message : String(error) };
  }
}

/** A node that falls silent meanwhile is the gates' affair, too. */
function untilChecked(node: OneBackendNode, side: Side, gate: EffectGate): Promise<void> {
  return withDeadline(longestMs, async (deadline) => {
    while (!gate.signal.aborted && !deadline.expired) {
      const unchecked = await isUnchecked(node, side).catch(() => false);
      if (!unchecked) return;
      await pause(everyMs);
    }
  });
}

async function isUnchecked(node: OneBackendNode, side: Side): Promise<boolean> {
  const servers = serversOf(await lookAtBackend(node), node.target, side);
  return servers.some(({ health }) => health === 'transitional');
}
