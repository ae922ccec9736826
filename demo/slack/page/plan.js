import { h, icon } from './dom.js';
import { link, plain, plainNodes } from './mrkdwn.js';
import { richText } from './rich-text.js';

const said = {
  pending: 'not started',
  in_progress: 'under way',
  complete: 'done',
  error: 'failed',
};

const icons = { complete: 'check', error: 'cross' };

/** The plan block: a title and its tasks in order. */
export function plan({ title, tasks = [] }, store) {
  const done = tasks.filter(({ status }) => status === 'complete').length;
  return h(
    'section',
    { class: 'plan', 'aria-label': plain(title) },
    h(
      'div',
      { class: 'plan-head' },
      icon('list'),
      h('span', { class: 'plan-title' }, plainNodes(title)),
      h('span', { class: 'plan-count' }, `${done}/${tasks.length}`),
    ),
    h(
      'ol',
      { class: 'tasks' },
      tasks.map((card) => task(card, store)),
    ),
  );
}

/** A task card outside a plan. */
export function taskCard(card, store) {
  return h('div', { class: 'plan' }, h('ol', { class: 'tasks' }, task(card, store)));
}

function task({ title, status, details, output, sources = [] }, store) {
  return h(
    'li',
    { class: `task task-${status}`, 'data-status': status },
    h(
      'span',
      { class: 'task-mark', role: 'img', 'aria-label': said[status] },
      icons[status] ? icon(icons[status]) : undefined,
    ),
    h(
      'div',
      { class: 'task-body' },
      h('span', { class: 'task-title' }, plainNodes(title)),
      details ? h('div', { class: 'task-details' }, richText(details, store)) : undefined,
      output ? h('div', { class: 'task-output' }, richText(output, store)) : undefined,
      sources.map(({ url, text }) => h('div', { class: 'task-details' }, link(url, text))),
    ),
  );
}
