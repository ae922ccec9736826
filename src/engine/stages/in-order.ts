import { type StageName, stageOrder } from '../../release/stages.ts';
import type { Stage } from '../stage.ts';
import { awaitingAcceptance } from './awaiting-acceptance.ts';
import { awaitingApproval } from './awaiting-approval.ts';
import { baking } from './baking.ts';
import { deploying } from './deploying.ts';
import { draining } from './draining.ts';
import { persisting } from './persisting.ts';
import { preflight } from './preflight.ts';
import { smoking } from './smoking.ts';
import { switching } from './switching.ts';
import { verifying } from './verifying.ts';

/** The life of a release, stage by stage, in the order of the design. */
export const stagesInOrder: readonly Stage[] = [
  awaitingApproval,
  deploying,
  preflight,
  switching,
  verifying,
  smoking,
  baking,
  awaitingAcceptance,
  persisting,
  draining,
];

/** The stage a state stands for; undefined for states that are no stage. */
export function stageNamed(state: string): Stage | undefined {
  return stagesInOrder.find(({ name }) => name === state);
}

/** Fails at start, not in the middle of a release, when the two lists differ. */
export function checkStageOrder(order: readonly StageName[] = stageOrder): void {
  if (order.join() !== stagesInOrder.map(({ name }) => name).join()) {
    throw new Error('The stages of the engine are not the stages of a release, in that order.');
  }
}
