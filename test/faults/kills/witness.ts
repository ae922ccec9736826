import type { Entry } from '../../../src/release/journal-entry.ts';
import type { Meaning } from './grounds/ground.ts';

/** What a node is told that changes where traffic goes: the line, and the journal at the moment it arrived. */
export interface Seen {
  readonly node: string;
  readonly line: string;
  readonly meaning: Meaning;
  readonly rows: readonly Entry[];
}

type Intent = Entry & { readonly what: Extract<Entry['what'], { kind: 'intent' }> };

/**
 * I2 and I5 for one line at the moment it reaches the node: an intent is committed, open, and names what is written;
 * and the approvals of that very plan are there, where it needs them. A sentence where not.
 */
export function whyUnfounded(seen: Seen): string | undefined {
  const { node, line, meaning, rows } = seen;
  const open = rows
    .filter(isIntent)
    .filter(({ node: at, what }) => at === node && what.effect === meaning.effect)
    .filter((row) => !isClosed(row, rows));
  const intent = open.findLast(({ service, what }) => meaning.isOf(service, what.to));
  if (intent === undefined) return `I2: ${node} was told "${line}" without an open intent for it`;
  return whyUnapproved(intent, rows);
}

function isIntent(row: Entry): row is Intent {
  return row.what.kind === 'intent';
}

function isClosed({ seq }: Entry, rows: readonly Entry[]): boolean {
  return rows.some(({ what }) => {
    if (what.kind === 'result') return what.intent === seq && what.outcome !== 'unknown';
    return what.kind === 'reconciled' && what.intent === seq;
  });
}

/** Going back, settling, rollback and adoption go by role; everything else by approvals of the intent's own digest. */
function whyUnapproved(intent: Intent, rows: readonly Entry[]): string | undefined {
  const own = rows.filter(({ release }) => release === intent.release);
  const asked = own.find(({ what }) => what.kind === 'requested');
  if (asked?.what.kind !== 'requested') return `I5: ${intent.release} was never asked for`;
  const { plan } = asked.what;
  if (plan.kind !== 'forward' || intent.what.to === plan.from) return undefined;
  if (own.some(({ what }) => what.kind === 'settling')) return undefined;
  const approvers = new Set(
    own
      .filter(({ what, planDigest }) => {
        return what.kind === 'approved' && planDigest === intent.planDigest;
      })
      .map(({ actor }) => actor),
  );
  approvers.delete(asked.actor);
  if (approvers.size >= plan.approvers) return undefined;
  return `I5: ${intent.release} was written with ${approvers.size} of ${plan.approvers} approvals of its digest`;
}
