import type { Button, Message } from './message.ts';
import type { Modal } from './modals.ts';
import type { Channel, Person, Workspace } from './workspace.ts';

/** The ids one delivery is made with. */
export interface Ids {
  readonly triggerId: string;
  readonly responseUrl: string;
  /** Seconds and microseconds. */
  readonly ts: string;
}

const verification = 'local-verification-token';

/** The fields of a slash command. */
export function slashCommand(
  { command, text }: { readonly command: string; readonly text: string },
  person: Person,
  channel: Channel,
  workspace: Workspace,
  ids: Ids,
): Record<string, string> {
  const { team, app } = workspace;
  const own = person.teamId === undefined;
  return {
    token: verification,
    team_id: person.teamId ?? team.id,
    team_domain: own ? team.domain : 'elsewhere',
    ...(team.enterpriseId ? { enterprise_id: team.enterpriseId } : {}),
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: person.id,
    user_name: person.name,
    command,
    text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: ids.responseUrl,
    trigger_id: ids.triggerId,
  };
}

/** The payload of a pressed button, with the message as the presser saw it. */
export function blockActions(
  button: Button,
  message: Message,
  person: Person,
  channel: Channel,
  workspace: Workspace,
  ids: Ids,
): Record<string, unknown> {
  const { team, app } = workspace;
  const ephemeral = message.is_ephemeral === true;
  const { confirm, accessibility_label: _label, ...element } = button.element;
  const { channel: _channel, is_ephemeral: _ephemeral, ...stored } = message;
  return {
    type: 'block_actions',
    user: {
      id: person.id,
      username: person.name,
      name: person.name,
      team_id: person.teamId ?? team.id,
    },
    api_app_id: app.id,
    token: verification,
    container: {
      type: 'message',
      message_ts: message.ts,
      ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
      channel_id: channel.id,
      is_ephemeral: ephemeral,
    },
    trigger_id: ids.triggerId,
    team: { id: person.teamId ?? team.id, domain: person.teamId ? 'elsewhere' : team.domain },
    enterprise: team.enterpriseId ? { id: team.enterpriseId } : null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    // Of an ephemeral message Slack tells no content.
    ...(ephemeral ? {} : { message: stored }),
    state: { values: {} },
    response_url: ids.responseUrl,
    actions: [
      {
        ...element,
        action_id: button.actionId,
        block_id: button.blockId,
        type: 'button',
        action_ts: ids.ts,
        ...(confirm ? { confirm } : {}),
      },
    ],
  };
}

/** The payload of a dialog that was submitted, with what its person wrote into it. */
export function viewSubmission(
  { id, view }: Modal,
  values: Readonly<Record<string, string>>,
  person: Person,
  { team, app }: Workspace,
  ids: Pick<Ids, 'triggerId'>,
): Record<string, unknown> {
  const own = person.teamId ?? team.id;
  const inputs = view.blocks.flatMap((block) => {
    const element = block.element as { readonly action_id?: string } | undefined;
    if (block.type !== 'input' || element?.action_id === undefined) return [];
    const { action_id: action } = element;
    const name = String(block.block_id);
    const value = values[name] ?? null;
    return [[name, { [action]: { type: 'plain_text_input', value } }] as const];
  });
  return {
    type: 'view_submission',
    team: { id: own, domain: person.teamId ? 'elsewhere' : team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: own },
    api_app_id: app.id,
    token: verification,
    trigger_id: ids.triggerId,
    view: {
      ...view,
      id,
      team_id: team.id,
      root_view_id: id,
      hash: ids.triggerId,
      state: { values: Object.fromEntries(inputs) },
    },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: team.enterpriseId ? { id: team.enterpriseId } : null,
  };
}

/** The wrapper around any event. */
export function eventCallback(
  event: Readonly<Record<string, unknown>>,
  workspace: Workspace,
  ids: { readonly eventId: string; readonly ts: string },
): Record<string, unknown> {
  const { team, app } = workspace;
  return {
    token: verification,
    team_id: team.id,
    ...(team.enterpriseId ? { enterprise_id: team.enterpriseId } : {}),
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: ids.eventId,
    event_time: Math.floor(Number(ids.ts)),
    authorizations: [
      {
        enterprise_id: team.enterpriseId ?? null,
        team_id: team.id,
        user_id: app.userId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: workspace.people.some(({ teamId }) => teamId !== undefined),
  };
}
