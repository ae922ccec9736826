import type { MapTarget } from '../../../src/haproxy/routes/map/map-target.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';

/** What a node is told that changes where traffic goes: the line, and the journal at the moment it arrived. */
export interface Seen {
  readonly node: string;
  readonly line: string;
  readonly rows: readonly Entry[];
}

type Intent = Entry & { readonly what: Extract<Entry['what'], { kind: 'intent' }> };

/**
 * I2 and I5 for one line at the moment it reaches the node: an intent is committed, open, and names what is written;
 * and the approvals of that very plan are there, where it needs them. A sentence where not.
 */
export function whyUnfounded(seen: Seen): string | undefined {
  const { node, line, rows } = seen;
  const effect = line.startsWith('shutdown') ? 'sessions' : 'memory';
  const open = rows
    .filter(isIntent)
    .filter((row) => row.node === node && row.what.effect === effect && !isClosed(row, rows));
  const written = valuesIn(line);
  const intent = open.findLast((row) => {
    return written.size === 0 || written.get(keyOf(row, rows)) === row.after;
  });
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

/** `set map <map> <key> <value>`, `add map @<version> <map> <key> <value>`; a prepare or commit names none. */
function valuesIn(line: string): ReadonlyMap<string, string> {
  const pattern = /(?:^|;)\s*(?:set|add) map (?:@\d+ )?\S+ ([^\s;]+) ([^\s;]+)/g;
  return new Map([...line.matchAll(pattern)].map(([, key = '', value = '']) => [key, value]));
}

function keyOf({ release }: Intent, rows: readonly Entry[]): string {
  const asked = rows.find((row) => row.release === release && row.what.kind === 'requested');
  return asked?.what.kind === 'requested' ? (asked.what.plan.target as MapTarget).key : '';
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
