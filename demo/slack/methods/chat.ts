import type { Draft } from '../board.ts';
import type { Refusal } from '../message-body.ts';
import { readBody } from '../message-body.ts';
import { parsed } from '../sent-json.ts';
import type { SlackWorld } from '../slack-world.ts';
import { type Channel, channelNamed } from '../workspace.ts';
import { type Answer, type Args, argument, flag, type Method, refused } from './method.ts';

/** Slack's limits on `text`: a post may be long, an edit not. */
const longestPost = 40_000;
const longestEdit = 4000;

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': { token: 'bot', run: postMessage },
  'chat.update': { token: 'bot', run: update },
  'chat.postEphemeral': { token: 'bot', run: postEphemeral },
  'chat.delete': { token: 'bot', run: remove },
};

function postMessage(args: Args, world: SlackWorld): Answer {
  const channel = writableChannel(args, world);
  if ('error' in channel) return channel;
  const draft = readDraft(args, channel, world);
  if ('error' in draft) return draft;
  const message = world.board.post(draft);
  return { ok: true, channel: channel.id, ts: message.ts, message };
}

function update(args: Args, world: SlackWorld): Answer {
  const channel = writableChannel(args, world);
  if ('error' in channel) return channel;
  const ts = argument(args, 'ts') ?? '';
  const found = world.board.find(channel.id, ts);
  if (!found) return refused('message_not_found');
  if (found.bot_id !== world.workspace.app.botId) return refused('cant_update_message');
  const body = readBody(args, longestEdit);
  if ('error' in body) return body;
  // An edit with text alone keeps no blocks: what is not sent again is gone.
  const message = world.board.edit(channel.id, ts, body, world.workspace.app.userId);
  return { ok: true, channel: channel.id, ts, text: body.text, message };
}

function postEphemeral(args: Args, world: SlackWorld): Answer {
  const channel = writableChannel(args, world);
  if ('error' in channel) return channel;
  const user = argument(args, 'user');
  if (!world.workspace.people.some((person) => person.id === user)) {
    return refused('user_not_in_channel');
  }
  const draft = readDraft(args, channel, world);
  if ('error' in draft) return draft;
  const message = world.board.whisper(user ?? '', draft);
  return { ok: true, message_ts: message.ts };
}

function remove(args: Args, world: SlackWorld): Answer {
  const channel = writableChannel(args, world);
  if ('error' in channel) return channel;
  const ts = argument(args, 'ts') ?? '';
  const found = world.board.find(channel.id, ts);
  if (!found) return refused('message_not_found');
  if (found.bot_id !== world.workspace.app.botId) return refused('cant_delete_message');
  world.board.remove(channel.id, ts);
  return { ok: true, channel: channel.id, ts };
}

function writableChannel(args: Args, { workspace }: SlackWorld): Channel | Refusal {
  const channel = channelNamed(workspace, argument(args, 'channel') ?? '');
  if (!channel) return refused('channel_not_found');
  return channel.appIsMember === false ? refused('not_in_channel') : channel;
}

function readDraft(args: Args, channel: Channel, world: SlackWorld): Draft | Refusal {
  const body = readBody(args, longestPost);
  if ('error' in body) return body;
  const threadTs = argument(args, 'thread_ts');
  if (threadTs && !world.board.find(channel.id, threadTs)) return refused('thread_not_found');
  const { app, team } = world.workspace;
  return {
    channel: channel.id,
    user: app.userId,
    team: team.id,
    bot_id: app.botId,
    app_id: app.id,
    ...body,
    ...(threadTs ? { thread_ts: threadTs } : {}),
    ...(flag(args, 'reply_broadcast') ? { broadcast: true } : {}),
    ...(args.metadata === undefined ? {} : { metadata: parsed(args.metadata) }),
  };
}
