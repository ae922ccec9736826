const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The longest duration a timer can wait for is 24.8 days; nothing here may be longer. */
export const longestMs = 24 * 86_400_000;

/** Reads `500ms`, `15m`, `1h30m` or `0s` as milliseconds; undefined where it is no duration up to 24d. */
export function readDuration(text: string): number | undefined {
  if (!/^(\d{1,9}(ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * msOf(unit), 0);
  return total <= longestMs ? total : undefined;
}

/** Writes milliseconds as people type them: `1h30m`, `15m`, `0s`. */
export function durationWords(ms: number): string {
  if (ms === 0) return '0s';
  let left = ms;
  let words = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const count = Math.floor(left / msOf(unit));
    if (count > 0) words += `${count}${unit}`;
    left -= count * msOf(unit);
  }
  return words;
}

function msOf(unit: string | undefined): number {
  return unitMs[unit ?? ''] ?? Number.NaN;
}
