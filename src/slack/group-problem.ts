import { WebAPIPlatformError } from '@slack/web-api';
import { slackProblem } from './slack-problem.ts';

/** Why a user group cannot be read, and whether a person has to do something about it. */
export interface GroupProblem {
  /** Slack's own word, and what helps. */
  readonly why: string;
  readonly final: boolean;
  /** Slack said how long to wait, milliseconds. */
  readonly afterMs?: number;
}

/** What helps against Slack's final answers. */
const remedies: Readonly<Record<string, string>> = {
  no_such_subteam:
    'the group was disabled or deleted; enable it in Slack, or name another one or people by their ids in the configuration',
  subteam_not_found: 'there is no such group; correct its id in the configuration',
  plan_upgrade_required:
    'user groups need a paid plan of Slack; name people by their ids in the configuration',
  account_inactive: 'the app or its workspace was disabled; install the app again',
  token_revoked: 'the bot token was revoked; install the app again',
  token_expired: 'the bot token has expired; install the app again',
  invalid_auth: 'the bot token is not accepted; copy it anew from the app’s settings',
  not_authed: 'the bot token is not accepted; copy it anew from the app’s settings',
  not_allowed_token_type: 'this is no bot token; copy it anew from the app’s settings',
};

/** What a rejected `usergroups.users.list` means for whoever holds a role by the group. */
export function groupProblem(error: unknown): GroupProblem {
  const problem = slackProblem(error);
  if (problem.kind === 'later') {
    return {
      why: problem.why,
      final: false,
      ...(problem.afterMs === undefined ? {} : { afterMs: problem.afterMs }),
    };
  }
  const helps = error instanceof WebAPIPlatformError ? helpOf(error.data) : undefined;
  return { why: helps === undefined ? problem.why : `${problem.why} (${helps})`, final: true };
}

function helpOf(answer: WebAPIPlatformError['data']): string | undefined {
  const { error } = answer;
  if (error === 'missing_scope') {
    const { needed } = answer as { readonly needed?: unknown };
    const scope = typeof needed === 'string' && /^[a-z:._,]{1,80}$/.test(needed) ? needed : '';
    return `the app lacks the scope ${scope === '' ? 'usergroups:read' : scope}; add it and install the app again`;
  }
  return Object.hasOwn(remedies, error) ? remedies[error] : undefined;
}
