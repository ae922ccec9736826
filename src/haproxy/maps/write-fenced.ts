import type { EffectGate, WriteResult } from '../../engine/ports.ts';
import type { Worker } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import {
  addToVersion,
  type CommandLine,
  canBeSent,
  commitMap,
  inOneLine,
  longestLine,
  prepareMap,
  showInfo,
  showMap,
} from '../command-line.ts';
import { ReplyTooLong } from '../errors.ts';
import { holdingMap } from '../locks.ts';
import { parsePrepareMap } from '../replies/prepare-map.ts';
import { parseShowInfo } from '../replies/show-info.ts';
import { type MapEntry, parseShowMap } from '../replies/show-map.ts';
import { splitReplies } from '../replies/split-replies.ts';
import { resultOfFailure, resultOfWrite } from '../write-reply.ts';
import { entriesOf, type MapNode } from './map-node.ts';
import { setKeys } from './set-keys.ts';

/** Bytes of a list that is copied: some ten thousand entries. More would hold the traffic on the wrong side for seconds. */
const largestCopy = 1024 * 1024;

/** A new version of the map that is whole and waits for its commit. */
interface Staged {
  readonly kind: 'staged';
  readonly version: number;
  readonly worker: Worker;
}

/** The map cannot be written anew as it is; nothing was committed. */
interface Unfenced {
  readonly kind: 'unfenced';
}
const unfenced: Unfenced = { kind: 'unfenced' };

/**
 * Writes the whole map as a new version: a commit of an earlier version that is still under way is refused by HAProxy.
 * Until the commit is sent nothing of it can be seen. Where the map cannot be written anew (see docs/decisions/0022), the
 * keys alone are set: going back needs no more of a node than the switch did. Never rejects.
 */
export function writeFenced(node: MapNode, to: Side, gate: EffectGate): Promise<WriteResult> {
  const { runtime, mapId } = node.at;
  return holdingMap(runtime, mapId, async () => {
    const staged = await stage(node, to, gate).catch(notCommitted);
    switch (staged.kind) {
      case 'staged':
        return commit(node, staged, gate);
      case 'unfenced':
        return setKeys(node, to, gate);
      default:
        return staged;
    }
  });
}

/** Rejects where the node does not answer, or the gate is shut. */
async function stage(node: MapNode, to: Side, gate: EffectGate): Promise<Staged | Unfenced> {
  const { api, at } = node;
  const before = await copyOf(node, gate.signal);
  const entries = before && rewritten(node, before.entries, to);
  if (before === undefined || entries === undefined) return unfenced;
  const version = parsePrepareMap(await api.write(prepareMap(at.mapId), gate));
  if (version === undefined) return unfenced;
  for (const { line, count } of additions(at.mapId, version, entries)) {
    if ((await api.write(line, gate)) !== '\n'.repeat(count)) return unfenced;
  }
  const after = await copyOf(node, gate.signal);
  if (after === undefined || !isSameWorker(before.worker, after.worker)) return unfenced;
  // What somebody else changed meanwhile would be lost.
  if (JSON.stringify(before.entries) !== JSON.stringify(after.entries)) return unfenced;
  return { kind: 'staged', version, worker: after.worker };
}

interface Copy {
  readonly worker: Worker;
  readonly entries: readonly MapEntry[];
}

/** All of the map; undefined where it is too large to be copied, or is not a list of entries. */
async function copyOf({ api, at }: MapNode, signal: AbortSignal): Promise<Copy | undefined> {
  const line = inOneLine(showInfo(), showMap(at.mapId));
  const reply = await api
    .ask(line, { maxBytes: largestCopy, signal })
    .catch((error: unknown): string => {
      if (error instanceof ReplyTooLong) return '';
      throw error;
    });
  const [infoReply = '', mapReply = ''] = splitReplies(reply, 2) ?? [];
  const info = parseShowInfo(infoReply);
  const content = parseShowMap(mapReply);
  if (info === undefined || content.kind === 'refused' || content.strays.length > 0) {
    return undefined;
  }
  return { worker: info.worker, entries: content.entries };
}

/** The entries with the new values, at the end where a key was missing; undefined where some of them could not be written exactly. */
function rewritten(
  { target }: MapNode,
  entries: readonly MapEntry[],
  to: Side,
): readonly MapEntry[] | undefined {
  const own = entriesOf(target, to);
  const times = (key: string) => entries.filter((entry) => entry.key === key).length;
  if (own.some(({ key }) => times(key) > 1)) return undefined;
  const ownOf = (entry: MapEntry) => own.find(({ key }) => key === entry.key);
  const isExact = (entry: MapEntry) =>
    ownOf(entry) !== undefined || canBeSent(entry.key, entry.value);
  if (!entries.every(isExact)) return undefined;
  const missing = own.filter(({ key }) => times(key) === 0);
  return [...entries.map((entry) => ownOf(entry) ?? entry), ...missing];
}

/** `add map` for every entry, as many on one line as fit. */
function additions(
  map: string,
  version: number,
  entries: readonly MapEntry[],
): readonly { readonly line: CommandLine; readonly count: number }[] {
  const groups: CommandLine[][] = [];
  let room = 0;
  for (const { key, value } of entries) {
    const command = addToVersion(map, version, key, value);
    room -= command.length + 1;
    if (room < 0) {
      groups.push([]);
      room = longestLine - command.length - 1;
    }
    groups.at(-1)?.push(command);
  }
  return groups.map((group) => ({ line: inOneLine(...group), count: group.length }));
}

async function commit(
  { api, at, options }: MapNode,
  { version, worker: expected }: Staged,
  gate: EffectGate,
): Promise<WriteResult> {
  try {
    const line = inOneLine(commitMap(at.mapId, version), showInfo());
    const reply = await api.write(line, gate);
    return resultOfWrite(reply, { line, expected, answeredAt: options.mono() });
  } catch (error) {
    return resultOfFailure(error);
  }
}

function notCommitted(error: unknown): WriteResult {
  const why = error instanceof Error ? error.message : String(error);
  return { kind: 'not_applied', why: `${why} The new version was not committed.` };
}
