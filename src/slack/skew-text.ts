/** A skew as people read it: fractions of a millisecond matter below ten of them. */
export function skewText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(2)} ms` : `${Math.round(ms)} ms`;
}
