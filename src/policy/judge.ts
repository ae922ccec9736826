import type { MembershipReading, Standing, UnreadGroup } from '../engine/ports.ts';
import type { Role } from '../release/roles.ts';

/** What an asker wants, as far as the rules care. */
export type Deed =
  | 'release'
  | 'plan'
  | 'finish'
  | 'rollback'
  | 'accept'
  | 'abort'
  | 'cancel'
  | 'approve'
  | 'wait'
  | 'shut_down_sessions'
  | 'settle'
  | 'adopt'
  | 'reapply'
  | 'accept_side'
  | 'drain'
  | 'maint'
  | 'ready'
  | 'turn_server'
  | 'lock'
  | 'unlock'
  | 'status'
  | 'history'
  | 'at'
  | 'help'
  | 'override';

/** Any one of these roles is enough. */
const needed: Readonly<Record<Deed, readonly Role[]>> = {
  release: ['releaser'],
  // Whoever may look may look before they approve.
  plan: ['viewer'],
  finish: ['releaser'],
  // Who is called at night goes back: docs/decisions/0020-operators-go-back.md.
  rollback: ['releaser', 'operator'],
  accept: ['releaser'],
  abort: ['releaser', 'operator'],
  cancel: ['releaser', 'approver', 'operator'],
  approve: ['approver'],
  wait: ['releaser'],
  shut_down_sessions: ['releaser'],
  settle: ['operator'],
  adopt: ['operator'],
  reapply: ['releaser'],
  // Which of the two depends on where the side is: going back, or naming it.
  accept_side: ['releaser', 'operator'],
  drain: ['operator'],
  maint: ['operator'],
  ready: ['operator'],
  // An operator's own word on a server goes on, or back, by an operator, too.
  turn_server: ['releaser', 'operator'],
  lock: ['operator'],
  unlock: ['operator'],
  status: ['viewer'],
  history: ['viewer'],
  at: ['viewer'],
  help: [],
  override: ['operator'],
};

/** Going back may rest on an old membership; nothing else may. */
const mayRestOnOld: ReadonlySet<Deed> = new Set(['rollback', 'abort']);
const questions: ReadonlySet<Deed> = new Set(['plan', 'status', 'history', 'at', 'help']);

/** How freshly groups are read for a deed: what gives power over the traffic rests on no memory. */
export function readingFor(deed: Deed): MembershipReading {
  return mayRestOnOld.has(deed) || questions.has(deed) ? 'recent' : 'fresh';
}

export type Verdict =
  | {
      readonly kind: 'allowed' /** Said in the row where an old membership had to serve. */;
      readonly membership?: string;
    }
  | { readonly kind: 'refused'; readonly sentence: string };

/** May this person do this now, by role alone? Pure; the release's own state is judged beside it. */
export function judge(deed: Deed, standing: Standing): Verdict {
  const roles = needed[deed];
  if (roles.length === 0) return { kind: 'allowed' };
  if (standing.foreign) {
    return refused(
      `Refused: @${standing.actor} belongs to another Slack organisation. Only people of this one can use Pointsman; ask a releaser here.`,
    );
  }
  if (roles.some((role) => standing.roles.has(role))) return { kind: 'allowed' };
  const open = standing.unread.filter((group) => roles.some((role) => group.roles.includes(role)));
  if (open.length === 0) {
    return refused(
      `Refused: ${words[deed]} needs the role ${roles.join(' or ')}, which @${standing.actor} does not hold. Ask someone who does, or have it added under \`roles.${roles[0]}\` in the configuration.`,
    );
  }
  const served = mayRestOnOld.has(deed)
    ? open.find(({ memberAt }) => memberAt !== undefined)
    : undefined;
  if (served === undefined) return refused(unreadSentence(deed, standing, open));
  return {
    kind: 'allowed',
    membership: `The user group ${served.group} could not be read (${served.why}); the membership read at ${served.memberAt} counted.`,
  };
}

/** Only what could come through the groups that cannot be read is refused, and each of them is named. */
function unreadSentence(deed: Deed, { actor }: Standing, open: readonly UnreadGroup[]): string {
  const roles = needed[deed].join(' or ');
  const which = open.map(({ group, why }) => `${group}: ${why}`).join('; ');
  const one = open.length === 1;
  const first = `Refused: ${words[deed]} needs the role ${roles}, which @${actor} could hold only through ${one ? 'a user group that' : 'user groups that'} cannot be read. ${which}.`;
  if (open.every(({ final }) => final)) return `${first} Waiting does not help.`;
  return `${first} Only rollback and abort go on, on a membership read in the last 24 hours. Try again in a minute; on the host, \`pointsman\` answers too.`;
}

const words: Readonly<Record<Deed, string>> = {
  release: 'asking for a release',
  plan: 'planning a release',
  finish: 'asking for a release',
  rollback: 'a rollback',
  accept: 'accepting a release',
  abort: 'taking a release back',
  cancel: 'cancelling a release',
  approve: 'approving a release',
  wait: 'deciding on sessions',
  shut_down_sessions: 'shutting down sessions',
  settle: 'settling a release',
  adopt: 'adopting a side',
  reapply: 're-applying a side',
  accept_side: 'accepting a side',
  drain: 'draining a server',
  maint: 'taking a server out',
  ready: 'putting a server back',
  turn_server: 'deciding on a release of single servers',
  lock: 'locking a service',
  unlock: 'unlocking a service',
  status: 'asking for the status',
  history: 'asking for the history',
  at: 'asking for the past',
  help: 'help',
  override: 'an override',
};

function refused(sentence: string): Verdict {
  return { kind: 'refused', sentence };
}
