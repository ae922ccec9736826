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
import { holdingMap } from '../locks.ts';
import { parsePrepareMap } from '../replies/prepare-map.ts';
import { type Info, parseShowInfo } from '../replies/show-info.ts';
import { type MapEntry, parseShowMap } from '../replies/show-map.ts';
import { splitReplies } from '../replies/split-replies.ts';
import { resultOfFailure, resultOfWrite } from '../write-reply.ts';
import { entriesOf, type MapNode } from './map-node.ts';

const largestMap = 32 * 1024 * 1024;

interface Snapshot {
  readonly worker: Worker;
  readonly entries: readonly MapEntry[];
}

/** A new version of the map that is whole and waits for its commit. */
interface Staged {
  readonly version: number;
  readonly worker: Worker;
}

/** A step that ended the write before its commit. */
interface Stopped {
  readonly stopped: WriteResult;
}

/**
 * Writes the whole map as a new version: a write of an earlier version that is still under way is refused by HAProxy.
 * Until the commit is sent nothing of it can be seen. Never rejects.
 */
export function writeFenced(node: MapNode, to: Side, gate: EffectGate): Promise<WriteResult> {
  const { runtime, mapId } = node.at;
  return holdingMap(runtime, mapId, async () => {
    const staged = await stage(node, to, gate).catch(stoppedBy);
    if ('stopped' in staged) return staged.stopped;
    return commit(node, staged, gate);
  });
}

async function stage(node: MapNode, to: Side, gate: EffectGate): Promise<Staged | Stopped> {
  const { api, at } = node;
  const before = await snapshot(node, gate.signal);
  if ('stopped' in before) return before;
  const wanted = rewritten(node, before.entries, to);
  if ('stopped' in wanted) return wanted;
  const prepared = await api.write(prepareMap(at.mapId), gate);
  const version = parsePrepareMap(prepared);
  if (version === undefined)
    return refused(`\`prepare map\` was answered with "${prepared.trim()}"`);
  for (const { line, count } of additions(at.mapId, version, wanted.entries)) {
    const reply = await api.write(line, gate);
    if (reply !== '\n'.repeat(count))
      return refused(`\`add map\` was answered with "${reply.trim()}"`);
  }
  const after = await snapshot(node, gate.signal);
  if ('stopped' in after) return after;
  if (!isSameWorker(before.worker, after.worker))
    return notApplied('the node was reloaded meanwhile');
  if (JSON.stringify(before.entries) !== JSON.stringify(after.entries)) {
    return notApplied('somebody else changed the map meanwhile');
  }
  return { version, worker: after.worker };
}

async function snapshot({ api, at }: MapNode, signal: AbortSignal): Promise<Snapshot | Stopped> {
  const reply = await api.ask(inOneLine(showInfo(), showMap(at.mapId)), {
    maxBytes: largestMap,
    signal,
  });
  const [infoReply = '', mapReply = ''] = splitReplies(reply, 2) ?? [];
  const info: Info | undefined = parseShowInfo(infoReply);
  if (info === undefined) return notApplied('its `show info` was not understood');
  const content = parseShowMap(mapReply);
  if (content.kind === 'refused')
    return refused(`\`show map\` was answered with "${content.words}"`);
  const [stray] = content.strays;
  if (stray !== undefined) return cannotRepeat(stray);
  return { worker: info.worker, entries: content.entries };
}

/** The map's entries with the new values, at the end where a key was missing; stopped where one of them could not be written again exactly. */
function rewritten(
  { target }: MapNode,
  entries: readonly MapEntry[],
  to: Side,
): { readonly entries: readonly MapEntry[] } | Stopped {
  const own = entriesOf(target, to);
  for (const { key } of own) {
    const here = entries.filter((entry) => entry.key === key).length;
    if (here > 1) return refused(`the key ${key} stands in the map ${here} times, not once`);
  }
  const ownOf = (entry: MapEntry) => own.find(({ key }) => key === entry.key);
  const foreign = entries.find(
    (entry) => ownOf(entry) === undefined && !canBeSent(entry.key, entry.value),
  );
  if (foreign !== undefined) return cannotRepeat(`${foreign.key} ${foreign.value}`);
  const missing = own.filter(({ key }) => entries.every((entry) => entry.key !== key));
  return { entries: [...entries.map((entry) => ownOf(entry) ?? entry), ...missing] };
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
    const reply = await api.write(inOneLine(commitMap(at.mapId, version), showInfo()), gate);
    return resultOfWrite(reply, { expected, answeredAt: options.mono() });
  } catch (error) {
    return resultOfFailure(error);
  }
}

function stoppedBy(error: unknown): Stopped {
  return notApplied(error instanceof Error ? error.message : String(error));
}

function notApplied(why: string): Stopped {
  return { stopped: { kind: 'not_applied', why: `${why}; the new version was not committed` } };
}

function refused(why: string): Stopped {
  return { stopped: { kind: 'refused', why: `${why}; nothing was committed` } };
}

function cannotRepeat(entry: string): Stopped {
  return refused(
    `the map holds the entry "${entry.slice(0, 100)}", which the Runtime API cannot write again exactly as it is`,
  );
}
