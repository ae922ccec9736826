import { isSidePlan, type PlanKind, type SidePlan, stepOf } from './plan.ts';
import type { Release } from './release.ts';
import type { LiveState } from './states.ts';

/** The life of a release as the design lists it: every stage there is, in order. */
export const stageOrder = [
  'awaiting_approval',
  'deploying',
  'preflight',
  'switching',
  'verifying',
  'smoking',
  'baking',
  'awaiting_acceptance',
  'persisting',
  'draining',
] as const satisfies readonly LiveState[];
export type StageName = (typeof stageOrder)[number];

const left: Readonly<Record<PlanKind, ReadonlySet<StageName>>> = {
  forward: new Set(),
  rollback: new Set(['deploying', 'preflight', 'smoking', 'baking', 'awaiting_acceptance']),
  adopt: new Set(['deploying', 'preflight', 'smoking', 'baking', 'awaiting_acceptance']),
};

/** What a release of single servers goes through, beside its approval. */
const ofServers: ReadonlySet<StageName> = new Set(['preflight', 'switching', 'verifying']);

/** The stages this release goes through, in order. */
export function stagesOf({ plan }: Pick<Release, 'plan'>): readonly StageName[] {
  return stageOrder.filter((stage) => {
    if (stage === 'awaiting_approval') return plan.approvers > 0;
    return isSidePlan(plan) ? isStageOf(plan, stage) : ofServers.has(stage);
  });
}

function isStageOf(plan: SidePlan, stage: StageName): boolean {
  if (left[plan.kind].has(stage)) return false;
  if (stage === 'deploying') return stepOf(plan, 'deploy') !== undefined;
  if (stage === 'persisting') return stepOf(plan, 'persist') !== undefined;
  if (stage === 'draining') return stepOf(plan, 'drain') !== undefined;
  if (stage === 'baking') return (stepOf(plan, 'bake')?.forMs ?? 0) > 0;
  return true;
}

/** The stage after the present state; undefined when the last one is done. */
export function stageAfter(release: Release): StageName | undefined {
  const order: readonly string[] = stageOrder;
  const here = order.indexOf(release.state);
  return stagesOf(release).find((stage) => order.indexOf(stage) > here);
}
