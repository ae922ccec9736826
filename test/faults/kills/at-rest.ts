import type { Release } from '../../../src/release/release.ts';
import type { Bench } from '../../engine/bench.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** To be called right after the start. Resolves when every open release waits for a person or for a node: nothing is under way. */
export async function comeToRest(bench: Bench): Promise<void> {
  const { store } = bench;
  // Recovery reads the nodes before it says its word of a release that awaits acceptance; until then it only looks at rest.
  const rowsAtStart = new Map(
    store
      .openReleases()
      .filter(({ state }) => state === 'awaiting_acceptance')
      .map(({ id }) => [id, store.rowsOf(id).length]),
  );
  const isSpokenOf = ({ id }: Release) => store.rowsOf(id).length > (rowsAtStart.get(id) ?? 0);
  await waitUntil(
    () => store.openReleases().every((release) => isSpokenOf(release) && isAtRest(release)),
    { timeout: 30_000, what: 'recovery to come to rest' },
  );
}

/** True where it waits for a person or for a node. */
export function isAtRest({ state, goingBack, settling, acceptedBy, attention }: Release): boolean {
  if (goingBack !== undefined || settling !== undefined) return state === 'needs_attention';
  if (state === 'needs_attention') return attention?.reapplying !== true;
  if (state === 'awaiting_approval') return true;
  return state === 'awaiting_acceptance' && acceptedBy === undefined;
}
