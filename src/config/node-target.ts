import type { NodeTarget } from '../release/target.ts';
import { nodeName } from '../release/vocabulary.ts';
import type { NodeFile } from './file-schema.ts';

/** What every route's target says of a node of the file. */
export function nodeTarget({ name, runtime, frontend, master }: NodeFile): NodeTarget {
  return {
    node: nodeName(name),
    runtime,
    frontend,
    ...(master === undefined ? {} : { master }),
  };
}
