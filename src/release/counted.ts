/** A number with its noun: `1 node`, `3 nodes`. */
export function counted(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : `${noun}s`}`;
}

/** `is` for one, `are` for any other number. */
export function isOrAre(number: number): 'is' | 'are' {
  return number === 1 ? 'is' : 'are';
}
