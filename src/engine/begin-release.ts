import { type Outcome, passed } from './outcome.ts';
import type { RunContext } from './run-context.ts';

/**
 * The first step of every release. The row that asks for its approvals is written together with its request; a journal
 * that has only one of the two was cut, and nobody was asked.
 */
export function beginRelease({ anyRelease: { id, plan } }: RunContext): Outcome {
  if (plan.approvers === 0) return passed;
  return {
    kind: 'needs_attention',
    why: `The journal has the request for ${id} and not the row that asks for its approvals: was it cut, or restored from a backup? Nothing was written for it. \`/release abort ${id}\` ends it; then ask again.`,
    byHand: [],
  };
}
