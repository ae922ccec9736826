import type { NodeReading, ReachedNode } from '../../release/reading.ts';
import { sideReading } from '../backends/side-reading.ts';
import {
  getMap,
  inOneLine,
  showBackend,
  showCliLevel,
  showInfo,
  showMap,
  showStat,
} from '../command-line.ts';
import { NodeUnreachable, ReplyUnknown } from '../errors.ts';
import { inspectFile } from '../files/inspect-file.ts';
import { readMapFile } from '../map-file/map-file.ts';
import { parseGetMap } from '../replies/get-map.ts';
import { parseShowBackend } from '../replies/show-backend.ts';
import { parseShowCliLevel } from '../replies/show-cli-level.ts';
import { parseShowInfo } from '../replies/show-info.ts';
import { parseShowMap } from '../replies/show-map.ts';
import { splitReplies } from '../replies/split-replies.ts';
import { keyGate } from './key-gate.ts';
import type { MapNode } from './map-node.ts';
import { memoryOf, sharedKeys } from './memory.ts';

/** A host map of some hundred thousand entries, or two backends of ten thousand servers. */
const longestReading = 32 * 1024 * 1024;

/**
 * Reads one node whole, in one line on one connection: so all of it is the word of one worker. `show map` comes last,
 * because what others wrote into a map could otherwise be taken for the next reply.
 */
export async function readNode(node: MapNode, signal?: AbortSignal): Promise<NodeReading> {
  const { api, at, target } = node;
  const line = inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    showStat(target.sides.blue),
    showStat(target.sides.green),
    getMap(at.mapId, target.key),
    showMap(at.mapId),
  );
  const onDisk = { file: at.mapFile, key: target.key, backends: target.sides };
  try {
    const [reply, disk, file] = await Promise.all([
      api.ask(line, { maxBytes: longestReading, ...(signal === undefined ? {} : { signal }) }),
      readMapFile(onDisk),
      inspectFile(at.mapFile, at.fileWrite),
    ]);
    const reached = understood(node, reply);
    if (typeof reached !== 'string') {
      return { ...reached, disk, ...file };
    }
    return {
      kind: 'unreachable',
      node: at.node,
      why: `${at.node} answered, but ${reached}.`,
      disk,
    };
  } catch (error) {
    if (error instanceof NodeUnreachable || error instanceof ReplyUnknown) {
      return {
        kind: 'unreachable',
        node: at.node,
        why: error.message,
        disk: await readMapFile(onDisk),
      };
    }
    throw error;
  }
}

/** The reading without its disk, or what could not be understood. */
function understood({ at, target }: MapNode, text: string): Omit<ReachedNode, 'disk'> | string {
  const replies = splitReplies(text, 7);
  if (replies === undefined) return 'some of its replies are missing';
  const [infoReply = '', level = '', backends = '', blue = '', green = '', lookup = '', map = ''] =
    replies;
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const read = {
    blue: sideReading({ side: 'blue', backend: target.sides.blue, known, stat: blue }),
    green: sideReading({ side: 'green', backend: target.sides.green, known, stat: green }),
  };
  if (typeof read.blue === 'string') return read.blue;
  if (typeof read.green === 'string') return read.green;
  const content = parseShowMap(map);
  const gates = (target.alongside ?? []).map(({ key }) => keyGate(key, content, at));
  return {
    kind: 'reached',
    node: at.node,
    worker: info.worker,
    version: info.version,
    stopping: info.stopping,
    level: parseShowCliLevel(level) ?? 'unknown',
    memory: memoryOf({ content, lookup: parseGetMap(lookup, target.key), target }),
    sides: { blue: read.blue, green: read.green },
    sharedWith: sharedKeys(content, target),
    ...(gates.length === 0 ? {} : { ownGates: gates }),
  };
}
