import type { MapUse } from './config-uses.ts';

/** A value that sends its key's traffic to a backend. */
export interface Pointer {
  readonly value: string;
  readonly backend: string;
  /** Only under this key. */
  readonly key?: string;
}

/** The values of one map that lead to one of the backends, by the lines that look it up. */
export function pointersTo(
  backends: readonly string[],
  uses: readonly MapUse[],
): readonly Pointer[] {
  return uses.flatMap(({ prefix, suffix, key }) =>
    backends
      .filter(
        (name) =>
          name.startsWith(prefix) &&
          name.endsWith(suffix) &&
          name.length > prefix.length + suffix.length,
      )
      .map((backend) => ({
        value: backend.slice(prefix.length, backend.length - suffix.length),
        backend,
        ...(key !== undefined && { key }),
      })),
  );
}

/** So many keys are looked for; a map of a million hosts may have half of them on one side. */
const mostKeys = 50;

export interface MapUser {
  readonly key: string;
  readonly backend: string;
}

/** Keys of a map's list (`show map`) whose value is one of these, but for a service's own. */
export function usersIn(
  list: string,
  pointers: readonly Pointer[],
  own: readonly string[],
): readonly MapUser[] {
  const users = pointers.flatMap(({ value, backend, key: only }) =>
    keysWith(list, value, (key) => !own.includes(key) && (only ?? key) === key).map((key) => ({
      key,
      backend,
    })),
  );
  return [...new Map(users.map((user) => [`${user.key} ${user.backend}`, user])).values()];
}

/** Keys with exactly this value, some of them. A large list is searched, not cut into lines. */
function keysWith(
  list: string,
  value: string,
  counts: (key: string) => boolean,
): readonly string[] {
  const keys: string[] = [];
  const end = ` ${value}\n`;
  let at = list.indexOf(end);
  while (at >= 0 && keys.length < mostKeys) {
    const line = list.slice(list.lastIndexOf('\n', at) + 1, at);
    const key = /^0x[0-9a-f]+ (\S+)$/.exec(line)?.[1];
    if (key !== undefined && counts(key)) keys.push(key);
    at = list.indexOf(end, at + end.length);
  }
  return keys;
}
