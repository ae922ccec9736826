import { h } from './dom.js';
import { emojiNamed } from './emoji.js';
import { pictured } from './emoji-pictures.js';
import { channelMention, groupMention, link, userMention } from './mrkdwn.js';
import { formatDate } from './time.js';

/** A rich_text block's content. */
export function richText({ elements }, store) {
  return elements.map((element) => part(element, store));
}

function part(element, store) {
  switch (element.type) {
    case 'rich_text_list':
      return h(
        element.style === 'ordered' ? 'ol' : 'ul',
        { class: `rich-list indent-${element.indent ?? 0}` },
        element.elements.map((item) => h('li', {}, inlines(item.elements, store))),
      );
    case 'rich_text_quote':
      return h('blockquote', {}, inlines(element.elements, store));
    case 'rich_text_preformatted':
      return h('pre', {}, inlines(element.elements, store));
    default:
      return h('div', { class: 'rich-section' }, inlines(element.elements, store));
  }
}

function inlines(elements, store) {
  return elements.flatMap((element) => styled(inline(element, store), element.style));
}

function inline(element, store) {
  switch (element.type) {
    case 'text':
      return lines(element.text);
    case 'link':
      return [link(element.url, element.text ?? element.url)];
    case 'emoji':
      return pictured(emojiNamed(element.name));
    case 'user':
      return [userMention(element.user_id, store)];
    case 'usergroup':
      return [groupMention(element.usergroup_id, undefined, store)];
    case 'channel':
      return [channelMention(element.channel_id, undefined, store)];
    case 'broadcast':
      return [h('span', { class: 'mention mine' }, `@${element.range}`)];
    case 'date':
      return [formatDate(element.timestamp, element.format)];
    default:
      return [];
  }
}

function lines(text) {
  return text
    .split('\n')
    .flatMap((line, index) => (index > 0 ? [h('br'), ...pictured(line)] : pictured(line)));
}

const styleTags = { code: 'code', bold: 'strong', italic: 'em', strike: 's', underline: 'u' };

function styled(nodes, style = {}) {
  let inner = nodes;
  for (const [name, tag] of Object.entries(styleTags)) {
    if (style[name]) inner = [h(tag, {}, inner)];
  }
  return inner;
}
