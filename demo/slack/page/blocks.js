import { actions, button } from './buttons.js';
import { h } from './dom.js';
import { mrkdwn, plain, plainNodes } from './mrkdwn.js';
import { plan, taskCard } from './plan.js';
import { richText } from './rich-text.js';
import { dataTable, table } from './tables.js';

/** How each data table is sorted and paged, by message and block. */
const tableViews = new Map();

/** One text object. */
function words(text, store) {
  return text.type === 'mrkdwn' ? mrkdwn(text.text, store) : plainNodes(text.text);
}

const renderers = {
  header: ({ text }) => h('h3', { class: 'block-header' }, plainNodes(text.text)),
  divider: () => h('hr'),
  section,
  context: ({ elements }, { store }) =>
    h(
      'div',
      { class: 'context' },
      elements.map((element) => contextItem(element, store)),
    ),
  actions: (block, { message, store, redraw }) => actions(block, message, store, redraw),
  image: (block) =>
    h(
      'figure',
      {},
      block.title ? h('figcaption', {}, plain(block.title.text)) : undefined,
      picture(block),
    ),
  markdown: ({ text }) => h('div', { class: 'markdown' }, plainNodes(text)),
  rich_text: (block, { store }) => h('div', { class: 'rich-text' }, richText(block, store)),
  table: (block, { store }) => table(block, store),
  data_table: (block, { message, store }) =>
    dataTable(block, store, tableViews, `${message.ts} ${block.block_id}`),
  plan: (block, { store }) => plan(block, store),
  task_card: (block, { store }) => taskCard(block, store),
};

/** The blocks of a message or Home tab; `redraw(ts)` draws their message again. */
export function blocks(list, context) {
  return list.map((block) =>
    h('div', { class: `block block-${block.type}` }, renderers[block.type]?.(block, context)),
  );
}

function section(block, { message, store, redraw }) {
  const { text, fields, accessory } = block;
  return h(
    'div',
    { class: accessory ? 'section with-accessory' : 'section' },
    h(
      'div',
      { class: 'section-words' },
      text ? h('div', {}, words(text, store)) : undefined,
      fields
        ? h(
            'div',
            { class: 'fields' },
            fields.map((field) => h('div', {}, words(field, store))),
          )
        : undefined,
    ),
    accessory?.type === 'button'
      ? button(accessory, block, message, store, redraw)
      : accessory && picture(accessory),
  );
}

function contextItem(element, store) {
  if (element.type === 'image') return picture(element);
  return h('span', { class: 'context-words' }, words(element, store));
}

/** Only files shared here are shown: the page loads nothing from elsewhere. */
function picture({ slack_file: file, alt_text: alt }) {
  if (!file?.id) return h('span', { class: 'no-picture' }, alt);
  return h('img', { src: `/files/${encodeURIComponent(file.id)}`, alt, loading: 'lazy' });
}
