import { MapLines, readable } from './map-lines.ts';
import type { Info } from './show-info.ts';

/** What is looked for in a map that may be too large to be kept. */
export interface MapSearch {
  /** Keys whose every entry is wanted. */
  readonly keys: readonly string[];
  /** Other keys that have one of these values are wanted, too, the first few of them. */
  readonly values: readonly string[];
}

/** What a whole map has, as far as anybody asks. */
export interface MapScan {
  readonly info: Info;
  /** The values of each asked key, in the map's order. */
  readonly own: ReadonlyMap<string, readonly string[]>;
  /** Other keys with one of the asked values, each once. */
  readonly others: readonly string[];
  /** True: there are more of them. */
  readonly moreOthers: boolean;
}

/** So many other keys are named. */
const mostOthers = 20;

/** Looks through a whole map as it comes, the reply to `show info;show map <map>`. */
export class MapScanner {
  readonly #search: MapSearch;
  readonly #own: Map<string, string[]>;
  readonly #others = new Set<string>();
  #moreOthers = false;
  readonly #lines = new MapLines((...entry) => this.#entry(...entry));

  constructor(search: MapSearch) {
    this.#search = search;
    this.#own = new Map(search.keys.map((key) => [key, []]));
  }

  /** Takes the next bytes. Never throws. */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** What was found once all bytes came, or what HAProxy said instead of the map. */
  end(): MapScan | string {
    const info = this.#lines.end();
    if (typeof info === 'string') return info;
    return { info, own: this.#own, others: [...this.#others], moreOthers: this.#moreOthers };
  }

  #entry(text: string, keyAt: number, keyEnd: number, end: number): void {
    const own = this.#search.keys.find(
      (key) => keyEnd - keyAt === key.length && text.startsWith(key, keyAt),
    );
    if (own !== undefined) this.#own.get(own)?.push(readable(text.slice(keyEnd + 1, end)));
    else if (this.#isOther(text, keyEnd + 1, end))
      this.#addOther(readable(text.slice(keyAt, keyEnd)));
  }

  #isOther(text: string, valueAt: number, end: number): boolean {
    if (this.#moreOthers) return false;
    return this.#search.values.some(
      (value) => end - valueAt === value.length && text.startsWith(value, valueAt),
    );
  }

  #addOther(key: string): void {
    if (this.#others.size < mostOthers) this.#others.add(key);
    else if (!this.#others.has(key)) this.#moreOthers = true;
  }
}
