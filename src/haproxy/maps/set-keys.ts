import type { EffectGate, WriteResult } from '../../engine/ports.ts';
import type { Worker } from '../../release/reading.ts';
import type { Side } from '../../release/vocabulary.ts';
import { addMap, getMap, inOneLine, setMap, showInfo } from '../command-line.ts';
import { parseGetMap } from '../replies/get-map.ts';
import { parseShowInfo } from '../replies/show-info.ts';
import { splitReplies } from '../replies/split-replies.ts';
import { resultOfFailure, resultOfWrite } from '../write-reply.ts';
import { entriesOf, type MapNode } from './map-node.ts';

/**
 * Sets the route's keys, and adds those that a lookup does not find: it needs nothing of the rest of the map. A line of an
 * earlier write that is still under way can undo it, so the caller goes on reading. Never rejects.
 */
export async function setKeys(node: MapNode, to: Side, gate: EffectGate): Promise<WriteResult> {
  const { api, at, target, options } = node;
  const found = await lookUp(node, to, gate.signal).catch(notSent);
  if ('kind' in found) return found;
  const commands = entriesOf(target, to).map(({ key, value }) =>
    found.missing.has(key) ? addMap(at.mapId, key, value) : setMap(at.mapId, key, value),
  );
  try {
    const line = inOneLine(...commands, showInfo());
    const reply = await api.write(line, gate);
    const { worker: expected } = found;
    const writes = commands.length;
    return resultOfWrite(reply, { line, expected, answeredAt: options.mono(), writes });
  } catch (error) {
    return resultOfFailure(error);
  }
}

/** Who answers, and which of the keys its map does not have. */
async function lookUp(
  { api, at, target }: MapNode,
  to: Side,
  signal: AbortSignal,
): Promise<{ readonly worker: Worker; readonly missing: ReadonlySet<string> }> {
  const keys = entriesOf(target, to).map(({ key }) => key);
  // Last: another's entry, which a lookup by pattern may find, could otherwise be taken for the next reply.
  const line = inOneLine(showInfo(), ...keys.map((key) => getMap(at.mapId, key)));
  const text = await api.ask(line, { signal });
  const [infoReply = '', ...lookups] = splitReplies(text, keys.length + 1) ?? [];
  const info = parseShowInfo(infoReply);
  if (info === undefined) throw new Error('its `show info` was not understood');
  const isMissing = (key: string, i: number) =>
    parseGetMap(lookups[i] ?? '', key).kind === 'not_found';
  return { worker: info.worker, missing: new Set(keys.filter(isMissing)) };
}

function notSent(error: unknown): WriteResult {
  const why = error instanceof Error ? error.message : String(error);
  return { kind: 'not_applied', why: `${why} Nothing was set.` };
}
