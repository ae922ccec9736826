import { isSidePlan } from '../../release/plan.ts';
import type { Release } from '../../release/release.ts';
import { isBeforeSwitch, stateTitle } from '../../release/states.ts';

/** What ends an open release from where it stands, the same words in every refusal; without a full stop. */
export function wayOut(release: Release): string {
  const { id, service, state, plan, goingBack, settling, acceptedBy } = release;
  const alone = `it ends by itself, \`/release-status ${service}\` shows how far it is`;
  if (state === 'needs_attention') {
    return isSidePlan(plan)
      ? `an operator ends it with \`/release settle ${id} blue|green because <reason>\``
      : `\`/release abort ${id}\` puts back what it has out`;
  }
  if (goingBack !== undefined || settling !== undefined) return alone;
  if (isBeforeSwitch(state)) return `\`/release cancel ${id}\` ends it`;
  if (!isSidePlan(plan)) return `\`/release abort ${id}\` puts back what it has out`;
  if (plan.kind !== 'forward') return alone;
  return acceptedBy === undefined
    ? `\`/release abort ${id}\` takes it back`
    : `\`/rollback ${service}\` takes it back`;
}

/** Where an open release stands, in a clause. */
export function whereWords({ goingBack, state }: Release): string {
  return goingBack === undefined || state === 'needs_attention'
    ? `it is at "${stateTitle(state)}"`
    : 'it is going back';
}
