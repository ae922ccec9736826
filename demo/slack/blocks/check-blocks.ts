import { actionsBlock } from './buttons.ts';
import { all, byType, distinct, list, type Problem } from './check.ts';
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

const block = byType({
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
});

/** A message holds 50 blocks, a Home tab 100. */
export type Surface = 'message' | 'home';

/** Everything Slack would refuse in these blocks (`invalid_blocks`), in reading order; empty: accepted. */
export function checkBlocks(blocks: unknown, surface: Surface): Problem[] {
  const problems: Problem[] = [];
  const most = surface === 'message' ? 50 : 100;
  all(list(0, most, block), distinct('block_id'))(blocks, '/blocks', (problem) => {
    problems.push(problem);
  });
  if (Array.isArray(blocks) && tableCharacters(blocks) > 10_000) {
    problems.push({ at: '/blocks', what: 'tables hold more than 10000 characters together' });
  }
  return problems;
}
