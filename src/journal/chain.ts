import type { Finding } from './finding.ts';
import { type Head, hashOf, origin, type Row } from './row.ts';

/** Follows the rows in the order of their seq and remembers the first one that does not follow. */
export class Chain {
  #head: Head;
  #rows = 0;
  #broken: Finding | undefined;

  /** `after`: the row that the first one must follow. */
  constructor(after: Head = origin) {
    this.#head = after;
  }

  /** The last row seen. */
  get head(): Head {
    return this.#head;
  }

  /** How many rows were seen. */
  get rows(): number {
    return this.#rows;
  }

  /** The first bad row; what comes after it proves nothing. */
  get broken(): Finding | undefined {
    return this.#broken;
  }

  add(row: Row): void {
    this.#broken ??= this.#judge(row);
    this.#head = { seq: row.seq, hash: row.hash };
    this.#rows += 1;
  }

  #judge(row: Row): Finding | undefined {
    const wrong = this.#wrongWith(row);
    return wrong === undefined
      ? undefined
      : { kind: 'chain', seq: row.seq, sentence: `Row ${row.seq} is the first bad row: ${wrong}` };
  }

  #wrongWith(row: Row): string | undefined {
    const next = this.#head.seq + 1;
    if (row.seq !== next) {
      const missing =
        row.seq - 1 === next ? `row ${next} is` : `rows ${next} to ${row.seq - 1} are`;
      return `${missing} missing before it.`;
    }
    if (row.prev !== this.#head.hash) {
      return `it does not follow row ${this.#head.seq}, whose hash is ${this.#head.hash}.`;
    }
    return hashHolds(row) ? undefined : 'its content is not what its hash was made of.';
  }
}

/** A value that no row of ours holds (an infinite number, say) has no canonical form, hence no hash. */
function hashHolds(row: Row): boolean {
  try {
    return hashOf(row) === row.hash;
  } catch {
    return false;
  }
}
