import { inOneLine, showInfo, showMap } from '../command-line.ts';
import { ReplyTooLong } from '../errors.ts';
import { type MapScan, MapScanner } from '../replies/map-scanner.ts';
import { type MapNode, ownKeys } from './map-node.ts';

/** Some ten million entries. Nothing of it is kept, so this is about time. */
const longestMap = 256 * 1024 * 1024;

/**
 * Reads a node's whole map as it comes, for what `get map` does not tell: keys that stand there twice, and who else
 * uses the sides. Resolves with a sentence's end where it could not be read.
 */
export async function scanMap(
  { api, at, target }: MapNode,
  signal?: AbortSignal,
  maxBytes = longestMap,
): Promise<MapScan | string> {
  const scanner = new MapScanner({
    keys: ownKeys(target),
    values: [target.values.blue, target.values.green],
  });
  const line = inOneLine(showInfo(), showMap(at.mapId));
  try {
    await api.read(line, (chunk) => scanner.push(chunk), {
      maxBytes,
      ...(signal && { signal }),
    });
  } catch (error) {
    if (!(error instanceof ReplyTooLong)) throw error;
    return `the map ${at.mapId} is too large to be read whole: its list is longer than ${maxBytes} bytes`;
  }
  return scanner.end();
}
