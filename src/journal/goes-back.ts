import type { Draft, EntryKind } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ReleaseId } from '../release/vocabulary.ts';

/** Rows that close what was begun or turn it back: they begin nothing. */
const closing: ReadonlySet<EntryKind> = new Set([
  'started',
  'stopped',
  'result',
  'hook_output',
  'hook_ended',
  'return_asked',
  'reconciled',
  'going_back',
  'needs_attention',
  'reapply_asked',
  'settling',
  'settled',
  'parked',
  'recovered',
  'ended',
  'posted',
]);

/** What of a row says what it begins. */
type RowKind = Pick<Draft, 'what' | 'release'>;

/**
 * True where every row serves going back, settling or closing: only such rows may use the last means (reserve and
 * mirror) when the database takes no more. Everything else fails closed.
 */
export function goesBack(
  drafts: readonly RowKind[],
  release: (id: ReleaseId) => Release | undefined,
): boolean {
  const rollbacks = new Set(drafts.filter(asksForRollback).map(({ release: id }) => id));
  return drafts.every(
    (draft) =>
      closing.has(draft.what.kind) ||
      rollbacks.has(draft.release) ||
      (draft.release !== undefined && isGoingBack(release(draft.release))),
  );
}

function asksForRollback({ what }: RowKind): boolean {
  return what.kind === 'requested' && what.plan.kind === 'rollback';
}

function isGoingBack(release: Release | undefined): boolean {
  if (release === undefined || release.ended !== undefined) return false;
  const { goingBack, settling, plan } = release;
  return goingBack !== undefined || settling !== undefined || plan.kind === 'rollback';
}
