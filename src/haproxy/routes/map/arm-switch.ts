import type { Armed, WriteResult } from '../../../engine/ports.ts';
import type { Worker } from '../../../release/reading.ts';
import type { Side } from '../../../release/vocabulary.ts';
import { inOneLine, setMap, showInfo } from '../../command-line.ts';
import { NodeUnreachable } from '../../errors.ts';
import type { MapNode } from './map-node.ts';
import { resultOfWrite } from './write-reply.ts';

/** Opens the connection the switch will be fired on. Rejects with NodeUnreachable or UnsafeArgument. */
export async function armSwitch(
  { api, at, target, options }: MapNode,
  to: Side,
  expected: Worker,
): Promise<Armed> {
  const line = inOneLine(setMap(at.mapId, target.key, target.sides[to]), showInfo());
  const prepared = await api.prepare(line);
  return {
    node: at.node,
    fire: async (): Promise<WriteResult> => {
      try {
        const reply = await prepared.say();
        return resultOfWrite(reply, { expected, answeredAt: options.mono() });
      } catch (error) {
        return resultOfFailure(error);
      }
    },
    disarm: () => prepared.close(),
  };
}

/** Only what was certainly not sent is certainly not applied. */
export function resultOfFailure(error: unknown): WriteResult {
  const why = error instanceof Error ? error.message : String(error);
  return { kind: error instanceof NodeUnreachable ? 'not_applied' : 'unknown', why };
}
