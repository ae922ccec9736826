import { byType, integer, object, oneOf, text, yesOrNo } from './check.ts';
import { common, plainText } from './text-objects.ts';

const plainTextInput = object(
  { type: oneOf('plain_text_input') },
  {
    action_id: text(1, 255),
    initial_value: text(0, 3_000),
    multiline: yesOrNo,
    min_length: integer(0, 3_000),
    max_length: integer(1, 3_000),
    placeholder: plainText(150),
    focus_on_load: yesOrNo,
  },
);

/** A line of text to fill in: the only input the local Slack has. */
export const inputBlock = object(
  {
    type: oneOf('input'),
    label: plainText(2_000),
    element: byType({ plain_text_input: plainTextInput }),
  },
  { hint: plainText(2_000), optional: yesOrNo, ...common },
);
