import { h } from './dom.js';
import { emojiNamed } from './emoji.js';
import { pictured } from './emoji-pictures.js';
import { formatDate, wholeTime } from './time.js';

/** Slack's mrkdwn as nodes: code blocks and quotes by line, then what stands within a line. */
export function mrkdwn(text, store) {
  const parts = text.split('```');
  return parts.flatMap((part, index) => {
    const closed = index % 2 === 1 && index < parts.length - 1;
    if (closed) return [h('pre', {}, decode(part.replace(/^\n|\n$/g, '')))];
    return quotesAndLines(
      index % 2 === 1 ? `\`\`\`${part}` : trimAround(part, index, parts),
      store,
    );
  });
}

/** A plain text with emoji shortcodes; nothing else in it means anything. */
export function plain(text) {
  return decode(text).replace(/:([a-z0-9_+-]+):/g, (_, name) => emojiNamed(name));
}

/** A plain text as nodes, lines broken where it breaks them. */
export function plainNodes(text) {
  return plain(text)
    .split('\n')
    .flatMap((line, index) => (index > 0 ? [h('br'), ...pictured(line)] : pictured(line)));
}

/** Slack's three entities back to characters. */
export function decode(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function trimAround(part, index, parts) {
  const start = index > 0 ? part.replace(/^\n/, '') : part;
  return index < parts.length - 1 ? start.replace(/\n$/, '') : start;
}

function quotesAndLines(text, store) {
  if (text === '') return [];
  const nodes = [];
  let quoted = [];
  const closeQuote = () => {
    if (quoted.length > 0) nodes.push(h('blockquote', {}, lines(quoted, store)));
    quoted = [];
  };
  let plainLines = [];
  const closeLines = () => {
    if (plainLines.length > 0) nodes.push(...lines(plainLines, store));
    plainLines = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('&gt;')) {
      closeLines();
      quoted.push(line.replace(/^&gt; ?/, ''));
    } else {
      closeQuote();
      plainLines.push(line);
    }
  }
  closeQuote();
  closeLines();
  return nodes;
}

function lines(texts, store) {
  return texts.flatMap((text, index) => [...(index > 0 ? [h('br')] : []), ...inline(text, store)]);
}

// In this order: what is code is nothing else, what stands in angle brackets is no emphasis.
const marks =
  /`([^`]+)`|<([^<>]+)>|:([a-z0-9_+-]+):|(?<![\p{L}\p{N}*])\*(\S|\S.*?\S)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(\S|\S.*?\S)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(\S|\S.*?\S)~(?![\p{L}\p{N}~])/gu;

function inline(text, store) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > from) nodes.push(...pictured(decode(text.slice(from, match.index))));
    nodes.push(...[marked(match, store)].flat());
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(...pictured(decode(text.slice(from))));
  return nodes;
}

function marked([, code, angled, emoji, bold, italic, struck], store) {
  if (code !== undefined) return h('code', {}, decode(code));
  if (angled !== undefined) return reference(angled, store);
  if (emoji !== undefined) return pictured(emojiNamed(emoji));
  if (bold !== undefined) return h('strong', {}, inline(bold, store));
  if (italic !== undefined) return h('em', {}, inline(italic, store));
  return h('s', {}, inline(struck, store));
}

function reference(angled, store) {
  const bar = angled.indexOf('|');
  const target = bar < 0 ? angled : angled.slice(0, bar);
  const label = bar < 0 ? undefined : decode(angled.slice(bar + 1));
  if (target.startsWith('@')) return userMention(target.slice(1), store);
  if (target.startsWith('#')) return channelMention(target.slice(1), label, store);
  if (target.startsWith('!')) return special(target.slice(1), label, store);
  return link(decode(target), label ?? decode(target));
}

export function userMention(id, store) {
  const mine = id === store.state.you;
  return h('span', { class: mine ? 'mention mine' : 'mention' }, `@${store.person(id).realName}`);
}

export function channelMention(id, label, store) {
  const known = store.state.channels.find((channel) => channel.id === id);
  return h('span', { class: 'mention' }, `#${known?.name ?? label ?? id}`);
}

export function groupMention(id, label, store) {
  const group = store.state.groups.find((known) => known.id === id);
  const mine = group?.users.includes(store.state.you);
  const name = group ? `@${group.handle}` : (label ?? id);
  return h('span', { class: mine ? 'mention mine' : 'mention' }, name);
}

function special(target, label, store) {
  const [kind, ...rest] = target.split('^');
  if (kind === 'subteam') return groupMention(rest[0], label, store);
  if (kind === 'date') {
    const [seconds, format] = rest;
    return h('time', { title: wholeTime(seconds) }, formatDate(seconds, format));
  }
  return h('span', { class: 'mention mine' }, `@${kind}`);
}

/** Only web and mail addresses become links; they open apart and tell the target nothing. */
export function link(target, label) {
  if (!/^(https?:|mailto:|tel:)/.test(target)) return label;
  return h('a', { href: target, target: '_blank', rel: 'noopener noreferrer' }, label);
}
