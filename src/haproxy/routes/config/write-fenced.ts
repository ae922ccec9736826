import type { EffectGate, WriteResult } from '../../../engine/ports.ts';
import type { Side } from '../../../release/vocabulary.ts';
import type { ConfigNode } from './config-node.ts';
import { fireSwitch } from './fire-switch.ts';
import { infoOf } from './reload.ts';
import { stageSwitch } from './stage-switch.ts';

/**
 * The same as the switch, from the worker that is there now. No late write can overtake it: a `reload` that was still
 * under way has a worker read the file as it stands then, and only this program's own calls change the file. Never rejects.
 */
export async function writeFenced(
  node: ConfigNode,
  to: Side,
  gate: EffectGate,
): Promise<WriteResult> {
  try {
    const info = await infoOf(node);
    if (info === undefined) {
      return {
        kind: 'not_applied',
        why: 'its `show info` was not understood; nothing was changed',
      };
    }
    const staged = await stageSwitch(node, to);
    return await fireSwitch(node, staged, info.worker, gate);
  } catch (error) {
    return { kind: 'not_applied', why: error instanceof Error ? error.message : String(error) };
  }
}
