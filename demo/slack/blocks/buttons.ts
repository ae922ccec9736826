import { all, byType, distinct, list, object, oneOf, text } from './check.ts';
import { anyText, common, plainText } from './text-objects.ts';

const style = oneOf('primary', 'danger');

const confirm = object(
  { text: anyText(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style },
);

export const button = object(
  { type: oneOf('button'), text: plainText(75) },
  {
    action_id: text(1, 255),
    value: text(1, 2000),
    url: text(1, 3000),
    style,
    confirm,
    accessibility_label: text(1, 75),
  },
);

/** Buttons are the only interactive element the local Slack has; a select or an overflow menu is refused. */
export const actionsBlock = object(
  {
    type: oneOf('actions'),
    elements: all(list(1, 25, byType({ button })), distinct('action_id')),
  },
  common,
);
