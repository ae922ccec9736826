import type { NodeReading, ReachedNode } from '../../release/reading.ts';
import { sideReading } from '../backends/side-reading.ts';
import {
  type CommandLine,
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
import type { MapNodeTarget } from '../routes/map/map-target.ts';
import { keyGate } from './key-gate.ts';
import type { MapKeyTarget, MapNode } from './map-node.ts';
import { memoryOf, sharedKeys } from './memory.ts';

/** A host map of some hundred thousand entries, or two backends of ten thousand servers. */
const longestReading = 32 * 1024 * 1024;

/**
 * Reads one node whole, in one line on one connection: so all of it is the word of one worker. `show map` comes last,
 * because what others wrote into a map could otherwise be taken for the next reply.
 */
export async function readNode(node: MapNode, signal?: AbortSignal): Promise<NodeReading> {
  const { api, at, target } = node;
  const line = readingLine(target, at);
  const onDisk = { file: at.mapFile, keys: target.keys, words: target.values };
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

/** What reads one node. Throws UnsafeArgument where it does not fit on a line. */
export function readingLine(
  { backends, keys }: MapKeyTarget,
  { mapId }: MapNodeTarget,
): CommandLine {
  return inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    ...backends.blue.map(showStat),
    ...backends.green.map(showStat),
    ...keys.map((key) => getMap(mapId, key)),
    showMap(mapId),
  );
}

/** The reading without its disk, or what could not be understood. */
function understood({ at, target }: MapNode, text: string): Omit<ReachedNode, 'disk'> | string {
  const { blue, green } = target.backends;
  const asked = blue.length + green.length;
  const replies = splitReplies(text, 4 + asked + target.keys.length);
  if (replies === undefined) return 'some of its replies are missing';
  const [infoReply = '', level = '', backends = '', ...more] = replies;
  const stats = more.slice(0, asked);
  const lookups = target.keys.map((key, i) => parseGetMap(more[asked + i] ?? '', key));
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const read = {
    blue: sideReading({ side: 'blue', backends: blue, known, stats }),
    green: sideReading({
      side: 'green',
      backends: green,
      known,
      stats: stats.slice(blue.length),
    }),
  };
  if (typeof read.blue === 'string') return read.blue;
  if (typeof read.green === 'string') return read.green;
  const content = parseShowMap(more.at(-1) ?? '');
  const gates = (target.alongside ?? []).map(({ key }) => keyGate(key, content, at));
  return {
    kind: 'reached',
    node: at.node,
    worker: info.worker,
    version: info.version,
    stopping: info.stopping,
    level: parseShowCliLevel(level) ?? 'unknown',
    memory: memoryOf({ content, lookups, target }),
    sides: { blue: read.blue, green: read.green },
    sharedWith: sharedKeys(content, target),
    ...(gates.length === 0 ? {} : { ownGates: gates }),
  };
}
