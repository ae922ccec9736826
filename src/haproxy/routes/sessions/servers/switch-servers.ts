import type { Armed, EffectGate, WriteResult } from '../../../../engine/ports.ts';
import type { Worker } from '../../../../release/reading.ts';
import { otherSide, type Side } from '../../../../release/vocabulary.ts';
import { type Setting, setServers, settingLine } from '../../../servers/set-servers.ts';
import { resultOfFailure, resultOfWrite } from '../../../write-reply.ts';
import { type BackendLook, lookAtBackend } from '../one-backend/look-at-backend.ts';
import type { OneBackendNode } from '../one-backend/one-backend-node.ts';
import { serversOf } from '../one-backend/reading-of.ts';

/**
 * Opens the connection the switch will be fired on. Rejects with NodeUnreachable, ReplyUnknown, NodeRefused or
 * UnsafeArgument.
 */
export async function armServers(node: OneBackendNode, to: Side, expected: Worker): Promise<Armed> {
  const settings = settingsTo(node, to, await lookAtBackend(node));
  const line = settingLine(node.backend, settings);
  const prepared = await node.api.prepare(line);
  return {
    node: node.at.node,
    fire: async (gate): Promise<WriteResult> => {
      try {
        const reply = await prepared.say(gate);
        const answeredAt = node.mono();
        return resultOfWrite(reply, { line, expected, answeredAt, writes: settings.length });
      } catch (error) {
        return resultOfFailure(error);
      }
    },
    disarm: () => prepared.close(),
  };
}

/**
 * The new side's servers first: there is no moment without a server, also where only the line's beginning is carried
 * out. What is in maintenance on the old side is out already, and stays so.
 */
function settingsTo({ target }: OneBackendNode, to: Side, look: BackendLook): readonly Setting[] {
  const old = serversOf(look, target, otherSide(to)).filter(({ state }) => state !== 'maint');
  return [
    ...target.servers[to].map((server) => ({ server, state: 'ready' as const })),
    ...old.map(({ name }) => ({ server: name, state: 'drain' as const })),
  ];
}

/**
 * The write after an unknown one. `set server` has no version that a late line could be refused by, as maps have. That
 * no late line comes behind this one is the barrier's word, for which the caller has waited: after it nothing is left in
 * the node's own socket (measured, also that a line whose sender is gone is carried out in part and then dropped). So a
 * line that names every server, and reading back, are enough. What that does not cover is a line held up in the network
 * before a `tcp://` node: the drift watch sees it. Never rejects.
 */
export async function writeServers(
  node: OneBackendNode,
  to: Side,
  gate: EffectGate,
): Promise<WriteResult> {
  let look: BackendLook;
  try {
    look = await lookAtBackend(node, gate.signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'not_applied', why: `${why} Nothing was written.` };
  }
  return setServers(node, settingsTo(node, to, look), look.worker, gate);
}
