import type { ActResult, EffectGate } from '../../../../engine/ports.ts';
import { getMap, inOneLine, setMap, showInfo } from '../../../command-line.ts';
import { NodeRefused } from '../../../errors.ts';
import { holdingMap } from '../../../locks.ts';
import { writeMapFile } from '../../../map-file/map-file.ts';
import { type MapNode, mapFileOf } from '../../../maps/map-node.ts';
import { parseDone } from '../../../replies/done.ts';
import { parseGetMap } from '../../../replies/get-map.ts';
import { parseShowInfo } from '../../../replies/show-info.ts';
import { splitReplies } from '../../../replies/split-replies.ts';
import { resultOfFailure } from '../../../write-reply.ts';

/** A cookie that names a side counts, or it does not. */
export const zoneOn = 'on';
export const zoneOff = 'off';
type Zone = typeof zoneOn | typeof zoneOff;

/** The zone's key of one map, and what it shall say. */
interface ZoneSetting {
  readonly key: string;
  readonly zone: Zone;
}

/** Sets the zone's key in the running worker, reads it back, and then on disk. Never rejects. */
export async function setZone(
  node: MapNode,
  setting: ZoneSetting,
  gate: EffectGate,
): Promise<ActResult> {
  const { runtime, mapId } = node.at;
  return holdingMap(runtime, mapId, async () => {
    const inMemory = await setInMemory(node, setting, gate).catch(resultOfFailure);
    if (inMemory.kind !== 'accepted') return inMemory;
    try {
      const { key, zone } = setting;
      await writeMapFile(mapFileOf(node), [{ key, value: zone }], node.options.failpoint);
      return inMemory;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'refused', why: `${setting.key} is ${setting.zone} in memory only: ${why}` };
    }
  });
}

async function setInMemory(
  { api, at }: MapNode,
  { key, zone }: ZoneSetting,
  gate: EffectGate,
): Promise<ActResult> {
  const command = inOneLine(setMap(at.mapId, key, zone), showInfo(), getMap(at.mapId, key));
  const reply = await api.write(command, gate);
  const [done = '', info = '', lookup = ''] = splitReplies(reply, 3) ?? [];
  const found = parseGetMap(lookup, key);
  const isTaken = parseDone(done).kind === 'accepted' && parseShowInfo(info)?.stopping === false;
  if (isTaken && found.kind === 'found' && found.value === zone) return { kind: 'accepted' };
  const { message } = new NodeRefused(reply, { node: at.node, command });
  return { kind: 'refused', why: message };
}
