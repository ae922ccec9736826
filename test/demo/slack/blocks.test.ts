import { describe, expect, test } from 'vitest';
import { checkBlocks } from '../../../demo/slack/blocks/check-blocks.ts';

const words = (length: number) => 'x'.repeat(length);
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const raw = (text: string) => ({ type: 'raw_text', text });
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});
const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
const actions = (...elements: readonly object[]) => ({ type: 'actions', elements });
const task = (more: object = {}) => ({
  type: 'task_card',
  task_id: 'a',
  title: 'A',
  status: 'pending',
  ...more,
});
const times = <T>(count: number, of: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => of(i));

function refusals(...blocks: readonly object[]): string[] {
  return checkBlocks(blocks, 'message').map(({ at, what }) => `${at} ${what}`);
}

describe('blocks at the edge of every limit are accepted', () => {
  const accepted: Record<string, readonly object[]> = {
    header: [{ type: 'header', text: plain(words(150)) }],
    section: [
      { type: 'section', text: mrkdwn(words(3000)), fields: times(10, () => mrkdwn(words(2000))) },
    ],
    context: [{ type: 'context', elements: times(10, () => mrkdwn('x')) }],
    buttons: [
      actions(
        ...times(25, (i) =>
          button({
            text: plain(words(75)),
            value: words(2000),
            action_id: `${i}`.padStart(255, 'a'),
            style: 'danger',
            confirm: {
              title: plain(words(100)),
              text: mrkdwn(words(300)),
              confirm: plain(words(30)),
              deny: plain(words(30)),
              style: 'primary',
            },
          }),
        ),
      ),
    ],
    'fifty blocks': times(50, (i) => ({ type: 'divider', block_id: `${i}` })),
    table: [
      {
        type: 'table',
        rows: times(100, () => times(20, () => raw('12345'))),
        column_settings: [{ align: 'right', is_wrapped: true }],
      },
    ],
    'data table': [
      {
        type: 'data_table',
        caption: 'History',
        page_size: 20,
        row_header_column_index: 0,
        rows: times(101, () => [{ type: 'raw_number', value: 1, text: '1' }, rich('one')]),
      },
    ],
    plan: [
      {
        type: 'plan',
        title: 'Steps',
        tasks: ['pending', 'in_progress', 'complete', 'error'].map((status) =>
          task({ task_id: status, status, details: rich('why') }),
        ),
      },
    ],
  };

  for (const [name, blocks] of Object.entries(accepted)) {
    test(name, () => {
      expect(refusals(...blocks)).toEqual([]);
    });
  }
});

describe('what Slack refuses is refused', () => {
  const refused: Record<string, readonly [readonly object[], readonly string[]]> = {
    'an unknown block type': [[{ type: 'chart' }], ['/blocks/0/type unsupported type: chart']],
    'an unknown field': [
      [{ type: 'divider', colour: 'red' }],
      ['/blocks/0 invalid additional property: colour'],
    ],
    'a missing field': [[{ type: 'header' }], ['/blocks/0 missing required field: text']],
    'a long header': [
      [{ type: 'header', text: plain(words(151)) }],
      ['/blocks/0/text/text must be less than 151 characters'],
    ],
    'a header in mrkdwn': [
      [{ type: 'header', text: mrkdwn('x') }],
      ['/blocks/0/text/type unsupported type: mrkdwn'],
    ],
    'an empty section': [
      [{ type: 'section', text: mrkdwn('') }, { type: 'section' }],
      [
        '/blocks/0/text/text must be more than 0 characters',
        '/blocks/1 missing required field: text or fields',
      ],
    ],
    'a long section': [
      [{ type: 'section', text: mrkdwn(words(3001)) }],
      ['/blocks/0/text/text must be less than 3001 characters'],
    ],
    'eleven fields, one too long': [
      [{ type: 'section', fields: times(11, (i) => mrkdwn(words(i === 10 ? 2001 : 1))) }],
      [
        '/blocks/0/fields no more than 10 items allowed',
        '/blocks/0/fields/10/text must be less than 2001 characters',
      ],
    ],
    'a crowded context': [
      [{ type: 'context', elements: times(11, () => mrkdwn('x')) }],
      ['/blocks/0/elements no more than 10 items allowed'],
    ],
    'no button, and 26': [
      [actions(), actions(...times(26, () => button()))],
      [
        '/blocks/0/elements no fewer than 1 items allowed',
        '/blocks/1/elements no more than 25 items allowed',
      ],
    ],
    'a button beyond its limits': [
      [
        actions(
          button({
            text: plain(words(76)),
            value: words(2001),
            action_id: words(256),
            style: 'green',
            confirm: {
              title: plain(words(101)),
              text: plain(words(301)),
              confirm: plain(words(31)),
              deny: plain(words(31)),
            },
          }),
        ),
      ],
      [
        '/blocks/0/elements/0/text/text must be less than 76 characters',
        '/blocks/0/elements/0/value must be less than 2001 characters',
        '/blocks/0/elements/0/action_id must be less than 256 characters',
        '/blocks/0/elements/0/style must be one of: primary, danger',
        '/blocks/0/elements/0/confirm/title/text must be less than 101 characters',
        '/blocks/0/elements/0/confirm/text/text must be less than 301 characters',
        '/blocks/0/elements/0/confirm/confirm/text must be less than 31 characters',
        '/blocks/0/elements/0/confirm/deny/text must be less than 31 characters',
      ],
    ],
    'the same action_id twice in a block': [
      [actions(button({ action_id: 'go' }), button({ action_id: 'go' }))],
      ['/blocks/0/elements/1/action_id action_id already exists'],
    ],
    'a long block_id, and one twice': [
      [
        { type: 'divider', block_id: words(256) },
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      [
        '/blocks/0/block_id must be less than 256 characters',
        '/blocks/2/block_id block_id already exists',
      ],
    ],
    'fifty-one blocks': [
      times(51, () => ({ type: 'divider' })),
      ['/blocks no more than 50 items allowed'],
    ],
    'an empty cell': [
      [{ type: 'table', rows: [[raw('')]] }],
      ['/blocks/0/rows/0/0/text must be more than 0 characters'],
    ],
    'a table too long and too wide': [
      [{ type: 'table', rows: times(101, (i) => times(i === 0 ? 21 : 1, () => raw('x'))) }],
      [
        '/blocks/0/rows no more than 100 items allowed',
        '/blocks/0/rows/0 no more than 20 items allowed',
      ],
    ],
    'tables of 10,001 characters together': [
      [
        { type: 'table', rows: [[raw(words(5000))]] },
        { type: 'table', rows: [[rich(words(5001))]] },
      ],
      ['/blocks tables hold more than 10000 characters together'],
    ],
    'a number without its text': [
      [{ type: 'table', rows: [[{ type: 'raw_number', value: 3 }]] }],
      ['/blocks/0/rows/0/0 missing required field: text'],
    ],
    'a data table without caption or rows, and with uneven ones': [
      [
        { type: 'data_table', rows: [[raw('a')]] },
        {
          type: 'data_table',
          caption: 'x',
          rows: [[raw('a'), raw('b')], [raw('a')]],
          row_header_column_index: 2,
          page_size: 101,
        },
      ],
      [
        '/blocks/0 missing required field: caption',
        '/blocks/0/rows no fewer than 2 items allowed',
        '/blocks/1/page_size must be an integer from 1 to 100',
        '/blocks/1/rows/1 must have 2 cells like the first row',
        '/blocks/1/row_header_column_index must be less than 2',
      ],
    ],
    'a task with the wrong status, details as text, and a task_id twice': [
      [
        {
          type: 'plan',
          title: 'Steps',
          tasks: [task({ status: 'completed' }), task({ details: 'why' })],
        },
      ],
      [
        '/blocks/0/tasks/0/status must be one of: pending, in_progress, complete, error',
        '/blocks/0/tasks/1/details must be an object',
        '/blocks/0/tasks/1/task_id task_id already exists',
      ],
    ],
    'an image with two sources': [
      [{ type: 'image', alt_text: 'x', image_url: 'https://a', slack_file: { id: 'F1' } }],
      ['/blocks/0 must have either image_url or slack_file'],
    ],
    'an element that only modals have': [
      [actions({ type: 'plain_text_input', action_id: 'x' })],
      ['/blocks/0/elements/0/type unsupported type: plain_text_input'],
    ],
  };

  for (const [name, [blocks, problems]] of Object.entries(refused)) {
    test(name, () => {
      expect(refusals(...blocks)).toEqual(problems);
    });
  }

  test('types that every object inherits', () => {
    expect(refusals({ type: 'constructor' }, { type: 'toString' })).toEqual([
      '/blocks/0/type unsupported type: constructor',
      '/blocks/1/type unsupported type: toString',
    ]);
  });
});
