import { type Info, parseShowInfo } from './show-info.ts';

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

/**
 * Reads the reply to `show info;show map <map>` as it comes: `0x55cd5a60bed0 checkout backend_blue` per entry, then an
 * empty line. A line that is no entry (a bad payload makes keys over two lines) is no entry of anybody.
 */
export class MapScanner {
  readonly #search: MapSearch;
  readonly #own: Map<string, string[]>;
  readonly #others = new Set<string>();
  #moreOthers = false;
  #info: Info | undefined;
  /** What came and was not understood yet: the end of a chunk, or the whole until the first reply is complete. */
  #rest = '';
  #sawEntry = false;
  #refusal = '';

  constructor(search: MapSearch) {
    this.#search = search;
    this.#own = new Map(search.keys.map((key) => [key, []]));
  }

  /** Takes the next bytes. Never throws. */
  push(chunk: Buffer): void {
    this.#rest += chunk.toString('latin1');
    if (this.#info === undefined && !this.#takeInfo()) return;
    const text = this.#rest;
    let at = 0;
    for (;;) {
      const end = text.indexOf('\n', at);
      if (end < 0) break;
      this.#line(text, at, end);
      at = end + 1;
    }
    this.#rest = text.slice(at);
  }

  /** What was found once all bytes came, or what HAProxy said instead of the map. */
  end(): MapScan | string {
    if (this.#info === undefined) return 'not as HAProxy answers `show info`';
    if (this.#refusal !== '') return `HAProxy answered \`show map\` with "${this.#refusal}"`;
    return {
      info: this.#info,
      own: this.#own,
      others: [...this.#others],
      moreOthers: this.#moreOthers,
    };
  }

  #takeInfo(): boolean {
    const end = this.#rest.indexOf('\n\n');
    if (end < 0) return false;
    this.#info = parseShowInfo(this.#rest.slice(0, end + 2));
    this.#rest = this.#rest.slice(end + 2);
    return this.#info !== undefined;
  }

  #line(text: string, at: number, end: number): void {
    if (!text.startsWith('0x', at)) {
      // Before the first entry it is a refusal's words; behind it the rest of an entry over two lines, or the end.
      if (!this.#sawEntry && end > at) this.#refusal = text.slice(at, Math.min(end, at + 200));
      return;
    }
    this.#sawEntry = true;
    const keyAt = text.indexOf(' ', at) + 1;
    const keyEnd = text.indexOf(' ', keyAt);
    if (keyAt === 0 || keyEnd < 0 || keyEnd >= end) return;
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

function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
