import { isSidePlan, type Plan } from './plan.ts';

/** What a release moves, in a few words: `blue → green`, `app: b1, b2 in turn`, `app/b1 → drain`. */
export function movementWords(plan: Plan): string {
  if (isSidePlan(plan)) return `${plan.from} → ${plan.to}`;
  const { backend } = plan.target;
  const moves = plan.steps.map((step) =>
    step.kind === 'set' ? `${backend}/${step.server} → ${step.state}` : step.servers.join(' + '),
  );
  return plan.kind === 'state' ? moves.join(', ') : `${backend}: ${moves.join(', then ')}`;
}

/** The release a rollback takes back. */
export function takenBack(plan: Plan): string | undefined {
  return isSidePlan(plan) ? plan.takesBack : undefined;
}

/** What the plan takes traffic from: the old side, or the backend whose servers are taken out. */
export function leavesWords(plan: Plan): string {
  return isSidePlan(plan) ? plan.from : plan.target.backend;
}
