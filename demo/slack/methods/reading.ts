import { DateTime } from 'luxon';
import type { SlackWorld } from '../slack-world.ts';
import { channelNamed, type Person } from '../workspace.ts';
import { type Answer, type Args, argument, type Method, refused } from './method.ts';

export const readingMethods: Readonly<Record<string, Method>> = {
  'auth.test': { token: 'bot', run: authTest },
  'bots.info': { token: 'bot', run: botsInfo },
  'conversations.info': { token: 'bot', run: conversationsInfo },
  'conversations.replies': { token: 'bot', run: conversationsReplies },
  'users.info': { token: 'bot', run: usersInfo },
  'usergroups.list': { token: 'bot', run: usergroupsList },
  'usergroups.users.list': { token: 'bot', run: usergroupsUsersList },
};

function authTest(_args: Args, { workspace, url }: SlackWorld): Answer {
  const { team, app } = workspace;
  return {
    ok: true,
    url: `${url}/`,
    team: team.name,
    user: app.handle,
    team_id: team.id,
    user_id: app.userId,
    bot_id: app.botId,
    is_enterprise_install: false,
    ...(team.enterpriseId ? { enterprise_id: team.enterpriseId } : {}),
  };
}

function botsInfo(args: Args, { workspace: { app } }: SlackWorld): Answer {
  if (argument(args, 'bot') !== app.botId) return refused('bot_not_found');
  const { botId: id, id: app_id, userId: user_id, name } = app;
  return { ok: true, bot: { id, app_id, user_id, name, deleted: false } };
}

function conversationsInfo(args: Args, { workspace }: SlackWorld): Answer {
  const channel = workspace.channels.find(({ id }) => id === argument(args, 'channel'));
  if (!channel) return refused('channel_not_found');
  return {
    ok: true,
    channel: {
      id: channel.id,
      name: channel.name,
      is_channel: true,
      is_private: false,
      is_archived: false,
      is_member: channel.appIsMember !== false,
      is_ext_shared: workspace.people.some(({ teamId }) => teamId !== undefined),
      topic: { value: channel.topic },
      context_team_id: workspace.team.id,
    },
  };
}

function conversationsReplies(args: Args, { workspace, board }: SlackWorld): Answer {
  const channel = channelNamed(workspace, argument(args, 'channel') ?? '');
  if (!channel) return refused('channel_not_found');
  const root = board.find(channel.id, argument(args, 'ts') ?? '');
  if (!root) return refused('thread_not_found');
  const messages = [root, ...board.replies(channel.id, root.ts)];
  return { ok: true, messages, has_more: false };
}

function usersInfo(args: Args, { workspace }: SlackWorld): Answer {
  const { app, people, team } = workspace;
  const id = argument(args, 'user');
  if (id === app.userId) {
    return { ok: true, user: { id, name: app.handle, real_name: app.name, is_bot: true } };
  }
  const person = people.find((known) => known.id === id);
  if (!person) return refused('user_not_found');
  return { ok: true, user: describePerson(person, team.id) };
}

function describePerson(person: Person, home: string) {
  const zone = DateTime.now().setZone(person.timezone);
  return {
    id: person.id,
    team_id: person.teamId ?? home,
    name: person.name,
    real_name: person.realName,
    deleted: false,
    is_bot: false,
    ...(person.teamId ? { is_stranger: true } : {}),
    tz: person.timezone,
    tz_label: zone.offsetNameLong ?? person.timezone,
    tz_offset: zone.offset * 60,
    profile: { real_name: person.realName, display_name: person.name, title: person.title },
  };
}

function usergroupsList(_args: Args, { workspace, paidPlan }: SlackWorld): Answer {
  if (!paidPlan) return refused('plan_upgrade_required');
  const usergroups = workspace.groups.map(({ id, handle, name, users }) => ({
    id,
    handle,
    name,
    team_id: workspace.team.id,
    is_usergroup: true,
    date_delete: 0,
    user_count: users.length,
  }));
  return { ok: true, usergroups };
}

function usergroupsUsersList(args: Args, { workspace, paidPlan }: SlackWorld): Answer {
  if (!paidPlan) return refused('plan_upgrade_required');
  const group = workspace.groups.find(({ id }) => id === argument(args, 'usergroup'));
  return group ? { ok: true, users: group.users } : refused('no_such_subteam');
}
