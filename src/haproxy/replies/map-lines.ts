import { type Info, parseShowInfo } from './show-info.ts';

/** Takes an entry of a map: its key stands in `text` from `keyAt` to `keyEnd`, its value behind a blank up to `end`. Text is latin1. */
export type TakeEntry = (text: string, keyAt: number, keyEnd: number, end: number) => void;

/**
 * Takes the reply to `show info;show map <map>` apart as it comes, and keeps nothing of it:
 * `0x55cd5a60bed0 checkout backend_blue` per entry, then an empty line. A line that is no entry (a bad payload makes keys
 * over two lines) is no entry of anybody.
 */
export class MapLines {
  readonly #take: TakeEntry;
  #info: Info | undefined;
  /** What came and was not understood yet: the end of a chunk, or the whole until the first reply is complete. */
  #rest = '';
  #sawEntry = false;
  #refusal = '';

  /** @param take must not throw. */
  constructor(take: TakeEntry) {
    this.#take = take;
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
      if (end > at) this.#line(text, at, end);
      at = end + 1;
    }
    this.#rest = text.slice(at);
  }

  /** Which worker it was, once all bytes came, or what HAProxy said instead of the map. */
  end(): Info | string {
    if (this.#info === undefined) return 'not as HAProxy answers `show info`';
    if (this.#refusal !== '') return `HAProxy answered \`show map\` with "${this.#refusal}"`;
    return this.#info;
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
      // Before the first entry it is a refusal's words, behind it the rest of an entry over two lines.
      if (!this.#sawEntry) this.#refusal = text.slice(at, Math.min(end, at + 200));
      return;
    }
    this.#sawEntry = true;
    const keyAt = text.indexOf(' ', at) + 1;
    const keyEnd = text.indexOf(' ', keyAt);
    if (keyAt > 0 && keyEnd >= 0 && keyEnd < end) this.#take(text, keyAt, keyEnd, end);
  }
}

/** The text of latin1 bytes. */
export function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
