/** The candidate a typing mistake most likely meant; undefined where none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Letters to insert, drop, replace or swap with their neighbour, until one word is the other. */
function editDistance(from: string, to: string): number {
  // Names are short; a pasted novel is near to nothing.
  if (Math.abs(from.length - to.length) > 16 || from.length > 64) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = nextRow(from, to, i, last, beforeLast);
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function nextRow(
  from: string,
  to: string,
  i: number,
  last: readonly number[],
  beforeLast: readonly number[],
): number[] {
  const row = [i];
  for (let j = 1; j <= to.length; j++) {
    const change = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
    const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
    const swap = isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
    row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, change, swap));
  }
  return row;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
