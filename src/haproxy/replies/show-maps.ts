/** One map as the worker has it loaded. */
export interface LoadedMap {
  readonly id: number;
  /** Its path as haproxy.cfg names it; absent where it has none. */
  readonly file?: string;
}

/** Reads the list of maps, `show map`: `0 (/etc/haproxy/maps/bluegreen.map) pattern loaded from ...`; undefined where it is something else. */
export function parseShowMaps(reply: string): readonly LoadedMap[] | undefined {
  const [header = '', ...lines] = reply.trimEnd().split('\n');
  if (!header.startsWith('# id (file)')) return undefined;
  return lines.flatMap((line) => {
    const [, id, file] = /^(-?\d+) \(([^)]*)\)/.exec(line) ?? [];
    if (id === undefined || Number(id) < 0) return [];
    return [{ id: Number(id), ...(file !== undefined && file !== '' && { file }) }];
  });
}
