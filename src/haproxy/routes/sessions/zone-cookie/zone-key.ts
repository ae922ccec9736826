import { getMap, inOneLine, setMap, showInfo } from '../../../command-line.ts';
import { NodeRefused } from '../../../errors.ts';
import { holdingMap } from '../../../locks.ts';
import { writeMapFile } from '../../../map-file/map-file.ts';
import { type MapNode, mapFileOf } from '../../../maps/map-node.ts';
import { parseDone } from '../../../replies/done.ts';
import { parseGetMap } from '../../../replies/get-map.ts';
import { parseShowInfo } from '../../../replies/show-info.ts';
import { splitReplies } from '../../../replies/split-replies.ts';

/** A cookie that names a side counts, or it does not. */
export const zoneOn = 'on';
export const zoneOff = 'off';
type Zone = typeof zoneOn | typeof zoneOff;

/**
 * Sets the zone's key in the running worker, reads it back, and then on disk. Rejects with NodeUnreachable, ReplyUnknown,
 * NodeRefused or FileFailed.
 */
export async function setZone(node: MapNode, key: string, zone: Zone): Promise<void> {
  const { runtime, mapId } = node.at;
  await holdingMap(runtime, mapId, async () => {
    await setInMemory(node, key, zone);
    await writeMapFile(mapFileOf(node), [{ key, value: zone }], node.options.failpoint);
  });
}

async function setInMemory({ api, at }: MapNode, key: string, zone: Zone): Promise<void> {
  const command = inOneLine(setMap(at.mapId, key, zone), showInfo(), getMap(at.mapId, key));
  const reply = await api.ask(command);
  const [done = '', info = '', lookup = ''] = splitReplies(reply, 3) ?? [];
  const found = parseGetMap(lookup, key);
  const isTaken = parseDone(done).kind === 'accepted' && parseShowInfo(info)?.stopping === false;
  if (isTaken && found.kind === 'found' && found.value === zone) return;
  throw new NodeRefused(reply, { node: at.node, command });
}
