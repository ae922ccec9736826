import { setTimeout as pause } from 'node:timers/promises';
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
 * each of them has been checked, half a minute at most. How the checks end is the gates' affair.
 */
export async function letIn(node: OneBackendNode, side: Side): Promise<void> {
  const look = await lookAtBackend(node);
  const out = serversOf(look, node.target, side).filter(({ state }) => state === 'maint');
  if (out.length === 0) return;
  await setStates(node, look.worker, out, 'drain');
  await withDeadline(longestMs, async (deadline) => {
    while (!deadline.expired && (await isUnchecked(node, side))) await pause(everyMs);
  });
}

async function isUnchecked(node: OneBackendNode, side: Side): Promise<boolean> {
  const servers = serversOf(await lookAtBackend(node), node.target, side);
  return servers.some(({ health }) => health === 'transitional');
}
