import type { BakePower } from '../release/bake-facts.ts';
import { type SidePlan, stepOf } from '../release/plan.ts';
import type { ReachedNode } from '../release/reading.ts';
import { traitsOf } from '../release/target.ts';
import { bakePower } from '../verdict/bake-power.ts';
import type { TrafficHistory } from './traffic-history.ts';

/**
 * What the bake of a plan finds at the traffic of the side that is live: that of the last minutes, or of the last second
 * where nobody has watched. Undefined where the plan has no bake.
 */
export function powerOf(
  plan: SidePlan,
  readings: readonly ReachedNode[],
  traffic: TrafficHistory,
): BakePower | undefined {
  const bake = stepOf(plan, 'bake');
  if (bake === undefined || bake.forMs === 0) return undefined;
  const { service, from, target } = plan;
  const now = readings.reduce((sum, { sides }) => sum + sides[from].counters.perSecond, 0);
  return bakePower(bake, {
    perSecond: traffic.perSecond(service, from) ?? now,
    baseline: traffic.baselineOf(service, from),
    bothLive: traitsOf(target).sessionsStayMs !== undefined,
  });
}
