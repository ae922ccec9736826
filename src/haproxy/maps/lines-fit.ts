import { sides } from '../../release/vocabulary.ts';
import { inOneLine, longestLine, setMap, showInfo } from '../command-line.ts';
import { UnsafeArgument } from '../errors.ts';
import type { MapNodeTarget } from '../routes/map/map-target.ts';
import { entriesOf, type MapKeyTarget } from './map-node.ts';
import { readingLine } from './read-node.ts';

/** Why a route's keys cannot be switched and read in one line each; undefined where they can. */
export function whyTooLong(target: MapKeyTarget, at: MapNodeTarget): string | undefined {
  try {
    readingLine(target, at);
    for (const side of sides) {
      const sets = entriesOf(target, side).map(({ key, value }) => setMap(at.mapId, key, value));
      inOneLine(...sets, showInfo());
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof UnsafeArgument)) throw error;
    return `all keys are set in one line of the Runtime API, and it has at most ${longestLine} bytes`;
  }
}
