import { type Timings, usualTimings } from '../../src/timing/timings.ts';

/** As in production, but where only people or Slack would need the time. */
export const quickTimings: Timings = {
  ...usualTimings,
  lateMs: 1_500,
  countMs: 200,
  editEveryMs: 100,
  anyEditEveryMs: 20,
};
