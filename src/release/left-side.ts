import { leavesWords } from './plan-words.ts';
import { isSideRelease, type Release, type SideRelease } from './release.ts';
import type { Side } from './vocabulary.ts';

/**
 * The side whose sessions are waited for: the old one after the switch; the new one where it is to be deployed to, or
 * where the release goes back.
 */
export function leftSide({ state, goingBack, plan }: SideRelease): Side {
  return state === 'deploying' || goingBack !== undefined ? plan.to : plan.from;
}

/** The same in words, also of a release that moves single servers. */
export function leftWords(release: Release): string {
  return isSideRelease(release) ? leftSide(release) : leavesWords(release.plan);
}
