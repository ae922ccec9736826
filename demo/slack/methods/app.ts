import { isRecord } from '../blocks/check.ts';
import type { SharedFile } from '../message.ts';
import { readBlocks, readModal } from '../message-body.ts';
import { parsed } from '../sent-json.ts';
import type { SlackWorld } from '../slack-world.ts';
import { channelNamed } from '../workspace.ts';
import { type Answer, type Args, argument, type Method, refused } from './method.ts';

/** The app's own surfaces: its socket, its Home tab, its files. */
export const appMethods: Readonly<Record<string, Method>> = {
  'apps.connections.open': { token: 'app', run: connectionsOpen },
  'views.open': { token: 'bot', run: viewsOpen },
  'views.publish': { token: 'bot', run: viewsPublish },
  'files.getUploadURLExternal': { token: 'bot', run: getUploadUrl },
  'files.completeUploadExternal': { token: 'bot', run: completeUpload },
};

function connectionsOpen(_args: Args, world: SlackWorld): Answer {
  const url = world.socketUrl();
  return url ? { ok: true, url } : refused('socket_mode_not_enabled');
}

function viewsPublish(args: Args, { board, workspace, newId }: SlackWorld): Answer {
  const user = argument(args, 'user_id');
  if (!workspace.people.some(({ id }) => id === user)) return refused('user_not_found');
  const sent = parsed(args.view);
  if (!isRecord(sent) || sent.type !== 'home') return refused('invalid_arguments');
  const body = readBlocks(sent.blocks, 'home');
  if ('error' in body) return body;
  const view = { ...sent, blocks: body.blocks, id: newId('V'), team_id: workspace.team.id };
  board.publishHome(user ?? '', view);
  return { ok: true, view };
}

function viewsOpen(args: Args, { modals, newId, workspace }: SlackWorld): Answer {
  const sent = parsed(args.view);
  const body = readModal(sent);
  if ('error' in body) return body;
  const opened = modals.open(argument(args, 'trigger_id') ?? '', newId('V'), body);
  if (typeof opened === 'string') return refused(opened);
  return { ok: true, view: { ...body, id: opened.id, team_id: workspace.team.id } };
}

function getUploadUrl(args: Args, { files, newId, url }: SlackWorld): Answer {
  const name = argument(args, 'filename');
  if (!name || !(Number(args.length) > 0)) return refused('invalid_arguments');
  const id = newId('F');
  files.announce(id, name);
  return { ok: true, upload_url: `${url}/upload/${id}`, file_id: id };
}

function completeUpload(args: Args, { board, files, workspace }: SlackWorld): Answer {
  const sent = parsed(args.files);
  if (!Array.isArray(sent) || sent.length === 0) return refused('invalid_arguments');
  const shared: SharedFile[] = [];
  for (const file of sent) {
    const described = files.describe(String(file?.id), file?.title);
    if (!described) return refused('file_not_found');
    shared.push(described);
  }
  const wanted = argument(args, 'channel_id');
  if (!wanted) return { ok: true, files: shared };
  const channel = channelNamed(workspace, wanted);
  if (!channel) return refused('channel_not_found');
  const threadTs = argument(args, 'thread_ts');
  board.post({
    channel: channel.id,
    user: workspace.app.userId,
    team: workspace.team.id,
    bot_id: workspace.app.botId,
    app_id: workspace.app.id,
    text: argument(args, 'initial_comment') ?? '',
    files: shared,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  });
  return { ok: true, files: shared };
}
