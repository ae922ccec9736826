import type { Standing } from '../engine/ports.ts';
import type { Release } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import { typed } from '../release/typed.ts';
import type { Actor } from '../release/vocabulary.ts';

/** A channel out of reach for longer than this keeps a release from switching, milliseconds. */
const channelPatienceMs = 60_000;

export interface ExecutionFacts {
  readonly release: Release;
  readonly standings: ReadonlyMap<Actor, Standing>;
  readonly hold: Hold | undefined;
  readonly channelAwayMs: number;
  /** Why the journal cannot be trusted; undefined while it verifies. */
  readonly journalFault: string | undefined;
  /** The person behind an actor. */
  readonly personOf: (who: Actor) => Actor;
}

/** May this approved plan be carried out now? A sentence where not. Asked right before the first write. */
export function mayExecute(facts: ExecutionFacts): string | undefined {
  return requesterMay(facts) ?? approversMay(facts) ?? nothingHolds(facts);
}

function requesterMay({ release, standings }: ExecutionFacts): string | undefined {
  const standing = standings.get(release.requester);
  // An operator's word on a server; a releaser may have said it again after a reload.
  const isOperator = release.plan.kind === 'state' && standing?.roles.has('operator') === true;
  const role = isOperator ? 'operator' : 'releaser';
  return holdsRole(standing, release.requester, role, 'asked for it');
}

function approversMay({ release, standings, personOf }: ExecutionFacts): string | undefined {
  const { plan, planDigest } = release;
  const valid = release.approvals.filter(({ digest }) => digest === planDigest);
  for (const { by } of valid) {
    const refusal = holdsRole(standings.get(by), by, 'approver', 'approved it');
    if (refusal !== undefined) return refusal;
  }
  const counting = new Set(
    valid
      .map(({ by }) => personOf(by))
      .filter((by) => plan.selfApproval || by !== personOf(release.requester)),
  );
  if (counting.size >= plan.approvers) return undefined;
  return `${counting.size} of ${plan.approvers} needed approvals of this very plan are there`;
}

function holdsRole(
  standing: Standing | undefined,
  who: Actor,
  role: 'releaser' | 'approver' | 'operator',
  did: string,
): string | undefined {
  if (standing !== undefined && !standing.foreign) {
    if (standing.roles.has(role)) return undefined;
    const unread = standing.unread.find(({ roles }) => roles.includes(role));
    if (unread !== undefined) {
      return `@${who} ${did}, and the role ${role} cannot be confirmed, because the user group ${unread.group} cannot be read: ${unread.why}`;
    }
  }
  return `@${who} ${did}, and no longer holds the role ${role}`;
}

function nothingHolds(facts: ExecutionFacts): string | undefined {
  const { hold, release, channelAwayMs, journalFault } = facts;
  if (journalFault !== undefined) {
    return `the journal does not verify, so what was approved cannot be proved: ${journalFault}`;
  }
  if (hold !== undefined && release.override === undefined) {
    return `@${hold.by} locked ${release.service} since ${hold.at} (${typed(hold.reason)}); free it with \`/release unlock ${release.service} because <reason>\``;
  }
  if (channelAwayMs > channelPatienceMs && !release.requester.startsWith('cli:')) {
    return `the release channel has been out of reach for ${Math.round(channelAwayMs / 1000)} s, so nobody could be told`;
  }
  return undefined;
}
