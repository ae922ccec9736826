import type { Armed, WriteResult } from '../../engine/ports.ts';
import type { Worker } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import { inOneLine, setMap, showInfo } from '../command-line.ts';
import { resultOfFailure, resultOfWrite } from '../write-reply.ts';
import { entriesOf, type MapNode } from './map-node.ts';

/** Opens the connection the switch will be fired on. Rejects with NodeUnreachable or UnsafeArgument. */
export async function armSwitch(
  { api, at, target, options }: MapNode,
  to: Side,
  expected: Worker,
): Promise<Armed> {
  const entries = entriesOf(target, to);
  const sets = entries.map(({ key, value }) => setMap(at.mapId, key, value));
  const line = inOneLine(...sets, showInfo());
  const prepared = await api.prepare(line);
  return {
    node: at.node,
    fire: async (gate): Promise<WriteResult> => {
      try {
        const reply = await prepared.say(gate);
        return resultOfWrite(reply, {
          line,
          expected,
          answeredAt: options.mono(),
          writes: sets.length,
        });
      } catch (error) {
        return resultOfFailure(error);
      }
    },
    disarm: () => prepared.close(),
  };
}
