import type { Finding } from './finding.ts';
import { type Head, hashOf, origin, type Row } from './row.ts';

/** Follows the rows in the order of their seq and remembers the first one that does not follow. */
export class Chain {
  #head: Head = origin;
  /** By seq - 1, as far as the chain holds: what an anchor is compared with. */
  readonly #hashes: string[] = [];
  #broken: Finding | undefined;

  /** The last row seen. */
  get head(): Head {
    return this.#head;
  }

  get rows(): number {
    return this.#hashes.length;
  }

  hashAt(seq: number): string | undefined {
    return this.#hashes[seq - 1];
  }

  /** The first bad row; what comes after it proves nothing. */
  get broken(): Finding | undefined {
    return this.#broken;
  }

  add(row: Row): void {
    this.#broken ??= this.#judge(row);
    this.#head = { seq: row.seq, hash: row.hash };
    this.#hashes.push(row.hash);
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
