import type { Config, Service } from '../config/config.ts';
import type { Actor } from '../release/vocabulary.ts';

/**
 * True for a name of the command line that `people` does not map: a claim of whoever may use the bot's socket, behind
 * which anybody may stand, who approves in Slack as well.
 */
export function isUnknownPerson({ people }: Pick<Config, 'people'>, who: Actor): boolean {
  return who.startsWith('cli:') && !people.has(who);
}

/**
 * How many approvals a release needs that this person asks for. Where nobody may approve their own release, one of the
 * approvals of an unknown person's may be that person's own: one more is needed, so that enough are certainly of others.
 */
export function neededApprovals(
  config: Pick<Config, 'people'>,
  { approvers, selfApproval }: Service['approval'],
  requester: Actor,
): number {
  const counts = approvers === 0 || selfApproval || !isUnknownPerson(config, requester);
  return counts ? approvers : approvers + 1;
}
