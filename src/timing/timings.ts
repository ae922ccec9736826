/** How long the bot waits between looks and acts, milliseconds. One value in the deps, so that tests need not wait as people do. */
export interface Timings {
  /**
   * For how long after it was given up a line may still be carried out. HAProxy closes a Runtime API connection that stays
   * silent after `stats timeout` (10 s unless it is set), so a line that is held up longer than that finds none.
   * See docs/decisions/0014-late-lines.md.
   */
  readonly lateMs: number;
  /** Between two readings of something that is expected to change soon. */
  readonly pollMs: number;
  /** Between two counts of users on a side or server that drains. */
  readonly countMs: number;
  /** One Slack message is edited once in this time: people read it, and Slack counts. */
  readonly editEveryMs: number;
  /** Slack takes some fifty edits a minute of a whole installation. */
  readonly anyEditEveryMs: number;
}

export const usualTimings: Timings = {
  lateMs: 10_000,
  pollMs: 500,
  countMs: 1_000,
  editEveryMs: 2_000,
  anyEditEveryMs: 1_400,
};
type Variables = Readonly<Record<string, string | undefined>>;

/** As usual. With NODE_ENV=test, `POINTSMAN_TIMINGS` may hold others as JSON, so that tests of the whole bot need not wait. */
export function timingsFrom(variables: Variables): Timings {
  const asked = variables.POINTSMAN_TIMINGS;
  if (asked === undefined || variables.NODE_ENV !== 'test') return usualTimings;
  return { ...usualTimings, ...(JSON.parse(asked) as Partial<Timings>) };
}
