import type { Draft } from '../../release/journal-entry.ts';
import type { Release } from '../../release/release.ts';
import type { By } from './answer.ts';

/** A row of a release in the name of a person. */
export function rowOf(release: Release, by: By, what: Draft['what']): Draft {
  return {
    actor: by.actor,
    origin: by.origin,
    release: release.id,
    service: release.service,
    planDigest: release.planDigest,
    what,
  };
}
