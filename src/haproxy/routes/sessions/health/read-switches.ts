import type { NodeReading } from '../../../../release/reading.ts';
import { sides } from '../../../../release/vocabulary.ts';
import { type BackendLook, lookAtBackend } from '../one-backend/look-at-backend.ts';
import type { OneBackendNode } from '../one-backend/one-backend-node.ts';
import { readingOf, serversOf, unreachable } from '../one-backend/reading-of.ts';
import type { ByHealthTarget } from './by-health-target.ts';
import { persistenceGate } from './persistence-gate.ts';
import { heldSwitch, type StatesAsked, switchedHealth } from './seen-switch.ts';
import { stateOfApplication } from './state-of-application.ts';

/** Reads one node, asks the applications that get no new users how they are, and judges the node's haproxy.cfg. */
export async function readSwitches(
  node: OneBackendNode<ByHealthTarget>,
  signal?: AbortSignal,
): Promise<NodeReading> {
  try {
    const [look, gate] = await Promise.all([
      lookAtBackend(node, signal),
      persistenceGate(node.at, node.backend),
    ]);
    const asked = await askApplications(node.target, look);
    return readingOf(node, look, {
      memory: (servers) => heldSwitch(servers, asked),
      health: (server) => switchedHealth(server, asked),
      ownGates: [gate],
    });
  } catch (error) {
    return unreachable(node, error);
  }
}

async function askApplications(target: ByHealthTarget, look: BackendLook): Promise<StatesAsked> {
  const away = sides.flatMap((side) => {
    const servers = serversOf(look, target, side).filter(({ word }) => word !== 'up');
    return target.applications[side].filter(({ server }) =>
      servers.some(({ name }) => name === server),
    );
  });
  const states = away.map(
    async ({ server, state }) => [server, await stateOfApplication(state)] as const,
  );
  return new Map(await Promise.all(states));
}
