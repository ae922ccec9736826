import type { Armed, WriteResult } from '../../../engine/ports.ts';
import type { Worker } from '../../../release/reading.ts';
import type { Side } from '../../../release/vocabulary.ts';
import { inOneLine, setMap, showInfo } from '../../command-line.ts';
import { resultOfFailure, resultOfWrite } from '../../write-reply.ts';
import type { MapNode } from './map-node.ts';

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
