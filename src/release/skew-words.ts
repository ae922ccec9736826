/** How far apart the first and the last node switched; undefined where less than two answered, so that there is nothing to measure. */
export function skewWords(ms: number | undefined): string | undefined {
  if (ms === undefined || ms === 0) return undefined;
  return `skew ${ms < 10 ? ms.toFixed(2) : Math.round(ms)} ms`;
}
