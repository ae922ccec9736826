import { confirmed } from './confirm-dialog.js';
import * as deeds from './deeds.js';
import { h, icon } from './dom.js';
import { link, plainNodes } from './mrkdwn.js';

/** The presses whose answer is not there yet, and what went wrong, by message; an edit draws over them. */
const waiting = new Set();
const troubles = new Map();

const troubleSentences = {
  operation_timeout: 'The app did not answer in time (operation_timeout).',
  dispatch_failed: 'The app could not be reached (dispatch_failed).',
  message_not_found: 'This message is gone.',
  server_unreachable: 'The local Slack does not answer.',
};

/** The row of an actions block, with the trouble of the last press under it. */
export function actions(block, message, store, redraw) {
  return h(
    'div',
    { class: 'actions' },
    block.elements.map((element) => button(element, block, message, store, redraw)),
    trouble(message.ts, block.block_id),
  );
}

export function button(element, block, message, store, redraw) {
  if (element.url) return h('span', { class: 'button' }, link(element.url, element.text.text));
  const key = `${message.ts} ${block.block_id} ${element.action_id}`;
  const press = async () => {
    if (waiting.has(key)) return;
    if (element.confirm && !(await confirmed(element.confirm, store))) return;
    waiting.add(key);
    troubles.delete(`${message.ts} ${block.block_id}`);
    redraw(message.ts);
    const answer = await deeds.press(store.state.you, message, block.block_id, element.action_id);
    waiting.delete(key);
    if (answer.error) troubles.set(`${message.ts} ${block.block_id}`, answer.error);
    redraw(message.ts);
  };
  return h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'data-action': element.action_id,
      'aria-label': element.accessibility_label,
      'aria-busy': waiting.has(key) ? 'true' : undefined,
      onClick: press,
    },
    plainNodes(element.text.text),
  );
}

function trouble(ts, blockId) {
  const error = troubles.get(`${ts} ${blockId}`);
  if (!error) return undefined;
  const sentence = troubleSentences[error] ?? `That did not work (${error}).`;
  return h('div', { class: 'trouble', role: 'alert' }, icon('warning'), sentence);
}
