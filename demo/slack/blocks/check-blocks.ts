import { actionsBlock } from './buttons.ts';
import {
  all,
  byType,
  distinct,
  isRecord,
  list,
  object,
  oneOf,
  type Problem,
  text,
  yesOrNo,
} from './check.ts';
import { inputBlock } from './input.ts';
import {
  contextBlock,
  dividerBlock,
  headerBlock,
  imageBlock,
  markdownBlock,
  sectionBlock,
} from './layout.ts';
import { planBlock, taskCardBlock } from './plan.ts';
import { richTextBlock } from './rich-text.ts';
import { dataTableBlock, tableBlock, tableCharacters } from './tables.ts';
import { plainText } from './text-objects.ts';

const blockTypes = {
  actions: actionsBlock,
  context: contextBlock,
  data_table: dataTableBlock,
  divider: dividerBlock,
  header: headerBlock,
  image: imageBlock,
  markdown: markdownBlock,
  plan: planBlock,
  rich_text: richTextBlock,
  section: sectionBlock,
  table: tableBlock,
  task_card: taskCardBlock,
};
const block = byType(blockTypes);
const modalBlock = byType({ ...blockTypes, input: inputBlock });
const modal = object(
  { type: oneOf('modal'), title: plainText(24), blocks: list(0, 100, modalBlock) },
  {
    submit: plainText(24),
    close: plainText(24),
    callback_id: text(1, 255),
    private_metadata: text(0, 3_000),
    clear_on_close: yesOrNo,
    notify_on_close: yesOrNo,
  },
);

/** A message holds 50 blocks, a Home tab 100. */
export type Surface = 'message' | 'home' | 'modal';

/** Everything Slack would refuse in these blocks (`invalid_blocks`), in reading order; empty: accepted. */
export function checkBlocks(blocks: unknown, surface: Surface): Problem[] {
  const problems: Problem[] = [];
  const most = surface === 'message' ? 50 : 100;
  const one = surface === 'modal' ? modalBlock : block;
  all(list(0, most, one), distinct('block_id'))(blocks, '/blocks', (problem) => {
    problems.push(problem);
  });
  if (Array.isArray(blocks) && tableCharacters(blocks) > 10_000) {
    problems.push({ at: '/blocks', what: 'tables hold more than 10000 characters together' });
  }
  return problems;
}

/** Everything Slack would refuse in a dialog. An input needs a button that submits it. */
export function checkModal(view: unknown): Problem[] {
  const problems: Problem[] = [];
  modal(view, '/view', (problem) => {
    problems.push(problem);
  });
  if (!isRecord(view) || !Array.isArray(view.blocks)) return problems;
  const asks = view.blocks.some((one) => isRecord(one) && one.type === 'input');
  if (asks && view.submit === undefined) {
    problems.push({ at: '/view', what: 'missing required field: submit' });
  }
  return problems;
}
