import type { NodeTarget } from '../release/target.ts';
import { nodeName } from '../release/vocabulary.ts';
import type { NodeFile } from './file-schema.ts';

/** What every route's target says of a node of the file. */
export function nodeTarget(node: NodeFile): NodeTarget {
  const { name, runtime, frontend, master, config_file: configFile, file_write: fileWrite } = node;
  return {
    node: nodeName(name),
    runtime,
    frontend,
    ...(master === undefined ? {} : { master }),
    ...(configFile === undefined ? {} : { configFile }),
    ...(fileWrite === 'replace' ? {} : { fileWrite }),
  };
}
