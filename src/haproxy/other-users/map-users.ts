import type { Side } from '../../release/vocabulary.ts';
import { MapLines, readable } from '../replies/map-lines.ts';
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

/** A pointer to a backend of one side. */
export interface SidePointer extends Pointer {
  readonly side: Side;
}

export interface MapUser {
  readonly side: Side;
  readonly key: string;
  readonly backend: string;
}

/** Looks through a map's list as it comes for keys whose value is one of these, but for a service's own. */
export class MapUserSearch {
  readonly #lines = new MapLines((...entry) => this.#entry(...entry));
  readonly #pointers: readonly { readonly pointer: SidePointer; readonly keys: string[] }[];
  readonly #own: readonly string[];

  constructor(pointers: readonly SidePointer[], own: readonly string[]) {
    this.#pointers = pointers.map((pointer) => ({ pointer, keys: [] }));
    this.#own = own;
  }

  /** Takes the next bytes of the reply to `show info;show map <map>`. Never throws. */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** Some of the users once all bytes came, each once, or what HAProxy said instead of the map. */
  end(): readonly MapUser[] | string {
    const info = this.#lines.end();
    if (typeof info === 'string') return info;
    const users = this.#pointers.flatMap(({ pointer: { side, backend }, keys }) =>
      keys.map((key) => ({ side, key, backend })),
    );
    return [...new Map(users.map((user) => [`${user.key} ${user.backend}`, user])).values()];
  }

  #entry(text: string, keyAt: number, keyEnd: number, end: number): void {
    const length = end - keyEnd - 1;
    for (const { pointer, keys } of this.#pointers) {
      const isIt = pointer.value.length === length && text.startsWith(pointer.value, keyEnd + 1);
      if (!isIt || keys.length >= mostKeys) continue;
      const key = readable(text.slice(keyAt, keyEnd));
      if (!this.#own.includes(key) && (pointer.key ?? key) === key) keys.push(key);
    }
  }
}
