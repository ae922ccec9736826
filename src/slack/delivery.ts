/** The three things Slack delivers. */
export type DeliveryKind = 'slash_commands' | 'interactive' | 'events_api';

/** What may be done with a payload that claims to be one of them. */
export type Shape =
  | { readonly kind: 'heard' }
  /** One of Slack's own that nobody here listens to: acknowledged, else Slack ends the subscription. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'refused'; readonly why: string };

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const like =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value);
const within =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isFields(value) && hasAll(value, checks);

const userId = like(/^[UW][A-Z0-9]+$/);
const teamId = like(/^[TE][A-Z0-9]+$/);
const channelId = like(/^[CDG][A-Z0-9]+$/);
const stamp = like(/^[0-9]{1,16}(\.[0-9]{1,9})?$/);
const text: Check = (value) => typeof value === 'string';
const word = like(/^[\x21-\x7e]{1,500}$/);
const webAddress = like(/^(https?:\/\/\S{1,2000})?$/);

const command: Readonly<Record<string, Check>> = {
  command: like(/^\/\S{1,80}$/),
  text: optional(text),
  user_id: userId,
  team_id: teamId,
  channel_id: channelId,
  trigger_id: word,
  response_url: optional(webAddress),
};
const press: Readonly<Record<string, Check>> = {
  user: within({ id: userId, team_id: optional(teamId) }),
  team: optional(within({ id: teamId })),
  channel: optional(within({ id: channelId })),
  container: within({
    message_ts: optional(stamp),
    thread_ts: optional(stamp),
    channel_id: optional(channelId),
  }),
  message: optional(within({ ts: stamp, text: optional(text), thread_ts: optional(stamp) })),
  trigger_id: optional(word),
  response_url: optional(webAddress),
  actions: (value) => Array.isArray(value) && value.length === 1 && action(value[0]),
};
const dialog: Readonly<Record<string, Check>> = {
  user: within({ id: userId, team_id: optional(teamId) }),
  team: optional(within({ id: teamId })),
  view: within({
    id: word,
    callback_id: text,
    private_metadata: text,
    state: within({ values: isFields }),
  }),
};
const action = within({
  action_id: text,
  block_id: text,
  value: optional(text),
  action_ts: stamp,
});
const eventCallback: Readonly<Record<string, Check>> = {
  team_id: optional(teamId),
  authorizations: optional((value) => Array.isArray(value) && value.every(isFields)),
};
const events: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  // Another app's mention has no user, and is not heard.
  app_mention: {
    user: optional(userId),
    text,
    channel: channelId,
    ts: stamp,
    thread_ts: optional(stamp),
  },
  app_home_opened: { user: userId, tab: text },
};

/**
 * Whether this is a payload as Slack delivers it to this app; `app` is the app's own id, as far as it is known.
 * Every delivery passes here before Bolt sees it, from both doors: Bolt takes its fields for granted.
 */
export function shapeOf(kind: DeliveryKind, payload: unknown, app: string | undefined): Shape {
  if (!isFields(payload)) return refused('the payload is no object');
  // The signature is this app's alone; a payload of another app is not Slack's doing.
  if (app !== undefined && payload.api_app_id !== app) return refused("another app's payload");
  switch (kind) {
    case 'slash_commands':
      return hasAll(payload, command) ? { kind: 'heard' } : refused('no slash command');
    case 'interactive':
      return shapeOfAct(payload);
    case 'events_api':
      return shapeOfEvent(payload);
  }
}

/** A press on a button, or a dialog that was submitted. */
function shapeOfAct(payload: Fields): Shape {
  if (payload.type === 'view_submission') {
    return hasAll(payload, dialog) ? { kind: 'heard' } : refused('no dialog');
  }
  if (payload.type !== 'block_actions') return refused('no press on a button');
  return hasAll(payload, press) ? { kind: 'heard' } : refused('no press on a button');
}

function shapeOfEvent(payload: Fields): Shape {
  const { type, event } = payload;
  if (type !== 'event_callback' || !isFields(event)) return refused('no event');
  if (!hasAll(payload, eventCallback)) return refused('no event');
  if (!word(event.type)) return refused('no event');
  const checks = Object.hasOwn(events, String(event.type)) ? events[String(event.type)] : undefined;
  if (checks === undefined) return { kind: 'unheard' };
  return hasAll(event, checks) ? { kind: 'heard' } : refused('no event');
}

function hasAll(fields: Fields, checks: Readonly<Record<string, Check>>): boolean {
  return Object.entries(checks).every(([name, check]) => check(fields[name]));
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(why: string): Shape {
  return { kind: 'refused', why };
}
