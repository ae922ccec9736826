import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';

/** Why a call to Slack did not do what it should, by what the caller does next. */
export type SlackProblem =
  /** Nothing is wrong with the call: again later. `afterMs`: Slack said when. `unknown`: it may have been done. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly afterMs?: number;
      readonly unknown: boolean;
    }
  /** The blocks are refused: the words alone may pass. */
  | { readonly kind: 'blocks'; readonly why: string }
  /** The message to be edited, or the thread, is gone or no longer ours. */
  | { readonly kind: 'gone'; readonly why: string }
  /** Nothing can be said in this channel until a person changes something. */
  | { readonly kind: 'channel'; readonly why: string }
  /** Slack does not know this token any more, or it lacks a scope. */
  | { readonly kind: 'token'; readonly why: string }
  | { readonly kind: 'other'; readonly why: string };

const kinds: Readonly<Record<string, Exclude<SlackProblem['kind'], 'later' | 'other'>>> = {
  invalid_blocks: 'blocks',
  invalid_blocks_format: 'blocks',
  msg_too_long: 'blocks',
  msg_blocks_too_long: 'blocks',
  invalid_attachments: 'blocks',
  message_not_found: 'gone',
  cant_update_message: 'gone',
  edit_window_closed: 'gone',
  thread_not_found: 'gone',
  channel_not_found: 'channel',
  not_in_channel: 'channel',
  is_archived: 'channel',
  restricted_action: 'channel',
  restricted_action_read_only_channel: 'channel',
  restricted_action_thread_locked: 'channel',
  not_authed: 'token',
  invalid_auth: 'token',
  account_inactive: 'token',
  token_revoked: 'token',
  token_expired: 'token',
  not_allowed_token_type: 'token',
  user_removed_from_team: 'token',
  team_disabled: 'token',
  missing_scope: 'token',
};

const passing: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
]);

/** What a rejected call of a WebClient means. */
export function slackProblem(error: unknown): SlackProblem {
  if (error instanceof WebAPIRateLimitedError) {
    const why = `Slack asks to wait ${error.retryAfter} s`;
    return { kind: 'later', why, afterMs: error.retryAfter * 1_000, unknown: false };
  }
  if (error instanceof WebAPIHTTPError) {
    const why = `Slack answered with status ${error.statusCode}`;
    return { kind: 'later', why, unknown: false };
  }
  if (error instanceof WebAPIRequestError) {
    const why = `Slack did not answer: ${causeOf(error.original)}`;
    return { kind: 'later', why, unknown: !neverLeft(error.original) };
  }
  if (error instanceof WebAPIPlatformError) return platformProblem(error.data.error);
  const why = error instanceof Error ? error.message : String(error);
  return { kind: 'later', why, unknown: true };
}

const restricted =
  'posting is restricted there. Let the bot post, or name another one in the configuration';

/** What keeps a channel shut, and what a person does about it. */
const shutChannels: Readonly<Record<string, string>> = {
  channel_not_found:
    'Slack knows no such channel, or it is private and the bot is not in it. Check `channel` in the configuration, or invite the bot there',
  not_in_channel: 'the bot is not in it. Invite it there with `/invite @pointsman`',
  is_archived: 'it is archived. Unarchive it, or name another one in the configuration',
  restricted_action: restricted,
  restricted_action_read_only_channel: restricted,
  restricted_action_thread_locked: restricted,
};

function platformProblem(name: string): SlackProblem {
  const why = shutChannels[name] ?? `Slack refused with ${name}`;
  if (passing.has(name)) return { kind: 'later', why, unknown: false };
  return { kind: Object.hasOwn(kinds, name) ? (kinds[name] ?? 'other') : 'other', why };
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function causeOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== ''
    ? error.cause.message
    : error.message;
}

/** True where no connection came about, so nothing can have been done. */
function neverLeft({ cause }: Error): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
}
