import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Extent } from '../../engine/ports.ts';
import type { NodeReading, OwnGate, ReachedNode } from '../../release/reading.ts';
import { isSameWorker } from '../../release/worker.ts';
import { sideReading } from '../backends/side-reading.ts';
import {
  getMap,
  inOneLine,
  type Question,
  showBackend,
  showCliLevel,
  showInfo,
  showStat,
} from '../command-line.ts';
import { NodeUnreachable, ReplyUnknown } from '../errors.ts';
import { inspectFile } from '../files/inspect-file.ts';
import { readMapFile } from '../map-file/map-file.ts';
import { type Lookup, parseGetMap } from '../replies/get-map.ts';
import type { MapScan } from '../replies/map-scanner.ts';
import { parseShowBackend } from '../replies/show-backend.ts';
import { parseShowCliLevel } from '../replies/show-cli-level.ts';
import { parseShowInfo } from '../replies/show-info.ts';
import { splitReplies } from '../replies/split-replies.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';
import { keyGate } from './key-gate.ts';
import { type MapKeyTarget, type MapNode, ownKeys } from './map-node.ts';
import { memoryOf } from './memory.ts';
import { scanMap } from './scan-map.ts';

/** Two sides of ten thousand servers. */
const longestReading = 32 * 1024 * 1024;
/** Bytes of a file whose map is looked through whole by each round of the drift watch. */
const smallMap = 64 * 1024;

/**
 * Reads one node, in one line on one connection: so all of it is the word of one worker. Of the map only the route's
 * keys are asked for, which costs the same whatever its size; the whole map has a connection of its own.
 */
export async function readNode(
  node: MapNode,
  signal?: AbortSignal,
  extent: Extent = 'keys',
): Promise<NodeReading> {
  const { at, target } = node;
  const onDisk = { file: at.mapFile, keys: target.keys, words: target.values };
  const unreachable = async (why: string): Promise<NodeReading> => ({
    kind: 'unreachable',
    node: at.node,
    why,
    disk: await readMapFile(onDisk),
  });
  try {
    const [worker, disk, file] = await Promise.all([
      askWorker(node, signal),
      readMapFile(onDisk),
      inspectFile(at.mapFile, at.fileWrite),
    ]);
    if (typeof worker === 'string') return await unreachable(`${at.node} answered, but ${worker}.`);
    // After the worker has answered: a node that talks without end is given up at its first answer.
    const isWanted =
      extent === 'whole' || isUnsure(worker) || (extent === 'small' && (await isSmall(at.mapFile)));
    const map = isWanted ? await scanMap(node, signal) : undefined;
    return { ...worker.reading, ...mapOf(node, worker, map, extent), disk, ...file };
  } catch (error) {
    if (error instanceof NodeUnreachable || error instanceof ReplyUnknown) {
      return unreachable(error.message);
    }
    throw error;
  }
}

/** True where the map can be read whole every round: its list is about three times as long as its file. */
async function isSmall(file: string): Promise<boolean> {
  return stat(fileURLToPath(file)).then(
    ({ size }) => size <= smallMap,
    () => false,
  );
}

/** What reads one node. Throws UnsafeArgument where it does not fit on a line. */
export function readingLine(target: MapKeyTarget, { mapId }: MapNodeTarget): Question {
  const { blue, green } = target.backends;
  return inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    ...[...blue, ...green].map(showStat),
    // Last: another's entry, which a lookup by pattern may find, could otherwise be taken for the next reply.
    ...ownKeys(target).map((key) => getMap(mapId, key)),
  );
}

/** What one worker answered: all but what it says of its map, and that by key. */
interface FromWorker {
  readonly reading: Omit<ReachedNode, 'memory' | 'disk' | 'sharedWith' | 'ownGates'>;
  readonly lookups: ReadonlyMap<string, Lookup>;
}

async function askWorker(node: MapNode, signal?: AbortSignal): Promise<FromWorker | string> {
  const { api, at, target } = node;
  const { blue, green } = target.backends;
  const line = readingLine(target, at);
  const text = await api.ask(line, { maxBytes: longestReading, ...(signal && { signal }) });
  const keys = ownKeys(target);
  const asked = blue.length + green.length;
  const replies = splitReplies(text, 3 + asked + keys.length);
  if (replies === undefined) return 'some of its replies are missing';
  const [infoReply = '', level = '', backends = '', ...more] = replies;
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const blueSide = sideReading({ side: 'blue', backends: blue, known, stats: more });
  const stats = more.slice(blue.length);
  const greenSide = sideReading({ side: 'green', backends: green, known, stats });
  if (typeof blueSide === 'string') return blueSide;
  if (typeof greenSide === 'string') return greenSide;
  const { worker, version, stopping } = info;
  return {
    reading: {
      kind: 'reached',
      node: at.node,
      worker,
      version,
      stopping,
      level: parseShowCliLevel(level) ?? 'unknown',
      sides: { blue: blueSide, green: greenSide },
    },
    lookups: new Map(keys.map((key, i) => [key, parseGetMap(more[asked + i] ?? '', key)])),
  };
}

function isUnsure({ lookups }: FromWorker): boolean {
  return [...lookups.values()].some(({ kind }) => kind === 'unsure');
}

/** What the map says, by lookups alone or, where it was read, by all of it. */
function mapOf(
  node: MapNode,
  { reading, lookups }: FromWorker,
  scan: MapScan | string | undefined,
  extent: Extent,
): Pick<ReachedNode, 'memory' | 'sharedWith' | 'ownGates'> {
  const unread = whyNotWhole(reading, scan);
  const whole = unread === undefined && typeof scan === 'object' ? scan : undefined;
  const gates = [
    ...keyGates(node, lookups, whole),
    ...(unread === undefined ? [] : [unreadMap(unread)]),
  ];
  return {
    memory: memoryOf({ lookups, listed: whole?.own, unread, target: node.target }),
    ...(whole !== undefined && extent === 'whole' && { sharedWith: usersOf(whole) }),
    ...(gates.length > 0 && { ownGates: gates }),
  };
}

/** Keys that the switch sets beside those that name the side. */
function keyGates(
  { at, target }: MapNode,
  lookups: FromWorker['lookups'],
  whole: MapScan | undefined,
): readonly OwnGate[] {
  return (target.alongside ?? []).map(({ key }) => {
    const found = lookups.get(key)?.kind === 'found' ? 1 : 0;
    return keyGate(key, whole?.own.get(key)?.length ?? found, at);
  });
}

/** Why the whole map says nothing of the worker that was read; undefined where it does, or was not asked for. */
function whyNotWhole(
  { worker }: FromWorker['reading'],
  scan: MapScan | string | undefined,
): string | undefined {
  if (typeof scan !== 'object') return scan;
  return isSameWorker(scan.info.worker, worker)
    ? undefined
    : 'it was reloaded while its map was read';
}

/** A key that stands twice would not be seen. */
function unreadMap(why: string): OwnGate {
  const sentence = `its map could not be read whole, so a key that stands there twice would not be seen: ${why}`;
  return { gate: 'map read', holds: false, sentence };
}

function usersOf({ others, moreOthers }: MapScan): readonly string[] {
  return moreOthers ? [...others, 'and others'] : others;
}
