import type { Release } from '../../../src/release/release.ts';
import type { Bench } from '../../engine/bench.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Resolves when every open release waits for a person or for a node: nothing is under way. */
export async function comeToRest(bench: Bench): Promise<void> {
  await waitUntil(() => bench.store.openReleases().every(atRest), {
    timeout: 30_000,
    what: 'recovery to come to rest',
  });
}

function atRest({ state, goingBack, settling, acceptedBy, attention }: Release): boolean {
  if (goingBack !== undefined || settling !== undefined) return state === 'needs_attention';
  if (state === 'needs_attention') return attention?.reapplying !== true;
  if (state === 'awaiting_approval') return true;
  return state === 'awaiting_acceptance' && acceptedBy === undefined;
}
