import { all, byType, distinct, list, object, oneOf, text } from './check.ts';
import { richTextBlock } from './rich-text.ts';
import { common } from './text-objects.ts';

const source = object({ type: oneOf('url'), url: text(1, 3000), text: text(1, 3000) });

export const taskCardBlock = object(
  {
    type: oneOf('task_card'),
    task_id: text(1, 255),
    title: text(1, 3000),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  { details: richTextBlock, output: richTextBlock, sources: list(0, 50, source), ...common },
);

export const planBlock = object(
  { type: oneOf('plan'), title: text(1, 3000) },
  {
    tasks: all(list(0, 50, byType({ task_card: taskCardBlock })), distinct('task_id')),
    ...common,
  },
);
