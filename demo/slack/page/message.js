import { avatar } from './avatar.js';
import { blocks } from './blocks.js';
import * as deeds from './deeds.js';
import { h, icon } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { dayOf, timeOf, wholeTime } from './time.js';

/**
 * One message as a list item. `place` is `channel` or `thread`; `follows`: it stands directly under another of the
 * same author and needs no second name.
 */
export function messageItem(message, { store, place, follows, redraw, openThread }) {
  const author = store.person(message.user);
  const whispered = message.is_ephemeral === true;
  return h(
    'li',
    {
      class: ['message', whispered ? 'ephemeral' : '', follows ? 'follows' : ''].join(' ').trim(),
      'data-ts': message.ts,
    },
    h('div', { class: 'gutter' }, follows ? stamp(message) : avatar(author)),
    h(
      'div',
      { class: 'body' },
      whispered ? onlyYou() : undefined,
      message.subtype === 'thread_broadcast' && place === 'channel'
        ? repliedTo(message, store, openThread)
        : undefined,
      follows ? undefined : byline(author, message),
      content(message, { store, redraw }),
      (message.files ?? []).map(file),
      whispered ? dismissal(message, store) : undefined,
      place === 'channel' ? threadLink(message, openThread) : undefined,
    ),
    place === 'channel' && !whispered ? tools(message, openThread) : undefined,
  );
}

function byline(author, message) {
  return h(
    'div',
    { class: 'byline' },
    h('span', { class: 'author' }, author.realName),
    author.isApp ? h('span', { class: 'badge' }, 'APP') : undefined,
    author.teamId ? h('span', { class: 'badge' }, 'EXTERNAL') : undefined,
    stamp(message),
  );
}

function stamp({ ts }) {
  return h('time', { class: 'stamp', title: wholeTime(ts) }, timeOf(ts));
}

function content(message, context) {
  if (message.blocks?.length) {
    return h('div', { class: 'content' }, blocks(message.blocks, { message, ...context }));
  }
  // Slack marks an edit where the text is what is shown.
  const edited = message.edited ? h('span', { class: 'edited' }, ' (edited)') : undefined;
  return h('div', { class: 'content text' }, mrkdwn(message.text, context.store), edited);
}

function onlyYou() {
  return h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you');
}

function dismissal(message, store) {
  return h(
    'button',
    {
      type: 'button',
      class: 'link dismiss',
      onClick: () => deeds.dismiss(store.state.you, message.ts),
    },
    'Dismiss message',
  );
}

function repliedTo(message, store, openThread) {
  const root = store.message(message.thread_ts);
  const about = root ? (root.blocks?.[0]?.text?.text ?? root.text).split('\n')[0] : 'a thread';
  return h(
    'button',
    { type: 'button', class: 'link replied', onClick: () => openThread(message.thread_ts) },
    'replied to a thread: ',
    h('span', {}, mrkdwn(about, store)),
  );
}

function threadLink(message, openThread) {
  if (!message.reply_count || message.thread_ts !== message.ts) return undefined;
  const count = message.reply_count === 1 ? '1 reply' : `${message.reply_count} replies`;
  const latest = `${dayOf(message.latest_reply)} at ${timeOf(message.latest_reply)}`;
  return h(
    'button',
    { type: 'button', class: 'thread-link', onClick: () => openThread(message.ts) },
    icon('thread'),
    h('strong', {}, count),
    h('span', { class: 'quiet' }, `Last reply ${latest}`),
  );
}

function tools(message, openThread) {
  return h(
    'button',
    {
      type: 'button',
      class: 'tool',
      title: 'Reply in thread',
      'aria-label': 'Reply in thread',
      onClick: () => openThread(message.thread_ts ?? message.ts),
    },
    icon('thread'),
  );
}

function file({ id, title, mimetype, size }) {
  const href = `/files/${encodeURIComponent(id)}`;
  if (mimetype.startsWith('image/')) return h('img', { class: 'shared', src: href, alt: title });
  return h('a', { class: 'file', href, download: true }, `${title} · ${Math.ceil(size / 1024)} KB`);
}
