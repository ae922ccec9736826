/**
 * True when a row of good readings is long enough, or when the time is up and the last reading was not good. A row that
 * is still growing at the end of the time is let grow: a slow node makes fewer readings, not easier gates.
 */
export function isOver(good: number, needed: number, timeIsUp: boolean): boolean {
  return good >= needed || (good === 0 && timeIsUp);
}
