import { h, icon } from './dom.js';
import { pictured } from './emoji-pictures.js';
import { richText } from './rich-text.js';

function cellText(cell, store) {
  if (cell.type === 'rich_text') return richText(cell, store);
  return pictured(cell.text);
}

/** The table block: the first row is its head. */
export function table({ rows, column_settings: settings = [] }, store) {
  const [head, ...body] = rows;
  const cells = (row, tag) =>
    row.map((cell, index) =>
      h(
        tag,
        {
          class: cellClass(cell, settings[index]),
          ...(tag === 'th' ? { scope: 'col' } : {}),
        },
        cellText(cell, store),
      ),
    );
  return h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, cells(head, 'th'))),
      h(
        'tbody',
        {},
        body.map((row) => h('tr', {}, cells(row, 'td'))),
      ),
    ),
  );
}

function cellClass(cell, settings) {
  const align = settings?.align ?? (cell.type === 'raw_number' ? 'right' : 'left');
  return `align-${align}${settings?.is_wrapped ? ' wrapped' : ''}`;
}

/** The data_table block, sorted and paged by its reader; `views` remembers how, by block, over edits. */
export function dataTable(block, store, views, key) {
  const view = views.get(key) ?? { column: undefined, down: false, page: 0 };
  views.set(key, view);
  const place = h('div', { class: 'data-table' });
  const draw = () => place.replaceChildren(...drawn(block, store, view, draw));
  draw();
  return place;
}

function drawn(block, store, view, redraw) {
  const [head, ...body] = block.rows;
  const size = block.page_size ?? 5;
  const pages = Math.max(1, Math.ceil(body.length / size));
  view.page = Math.min(view.page, pages - 1);
  const shown = ordered(body, view).slice(view.page * size, (view.page + 1) * size);
  const rowHead = block.row_header_column_index ?? 0;
  const grid = h(
    'div',
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': block.caption },
    h(
      'table',
      {},
      h('caption', {}, block.caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((cell, index) =>
            sortHead(cell, index, { store, view, redraw, like: body[0][index] }),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        shown.map((row) =>
          h(
            'tr',
            {},
            row.map((cell, index) =>
              h(
                index === rowHead ? 'th' : 'td',
                { class: cellClass(cell), ...(index === rowHead ? { scope: 'row' } : {}) },
                cellText(cell, store),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  return pages > 1 ? [grid, pager(body.length, size, pages, view, redraw)] : [grid];
}

function sortHead(cell, index, { store, view, redraw, like }) {
  const sorted = view.column === index;
  const sort = () => {
    view.down = sorted ? !view.down : false;
    view.column = index;
    view.page = 0;
    redraw();
  };
  const direction = view.down ? 'descending' : 'ascending';
  return h(
    'th',
    { class: cellClass(like), scope: 'col', 'aria-sort': sorted ? direction : 'none' },
    h(
      'button',
      { type: 'button', class: 'sort', onClick: sort },
      cellText(cell, store),
      sorted ? icon(view.down ? 'down' : 'up') : undefined,
    ),
  );
}

function ordered(rows, { column, down }) {
  if (column === undefined) return rows;
  const sorted = [...rows].sort((a, b) => compare(a[column], b[column]));
  return down ? sorted.reverse() : sorted;
}

function compare(a, b) {
  if (a.type === 'raw_number' && b.type === 'raw_number') return a.value - b.value;
  return textOf(a).localeCompare(textOf(b), undefined, { numeric: true });
}

function textOf(value) {
  if (Array.isArray(value)) return value.map(textOf).join('');
  return value.text ?? (value.elements ? textOf(value.elements) : '');
}

function pager(count, size, pages, view, redraw) {
  const turn = (by) => () => {
    view.page += by;
    redraw();
  };
  const first = view.page * size + 1;
  const last = Math.min(count, first + size - 1);
  return h(
    'div',
    { class: 'pager' },
    h('span', { role: 'status' }, `${first}–${last} of ${count}`),
    h(
      'button',
      {
        type: 'button',
        'aria-label': 'Earlier rows',
        onClick: turn(-1),
        disabled: view.page === 0,
      },
      icon('left'),
    ),
    h(
      'button',
      {
        type: 'button',
        'aria-label': 'Later rows',
        onClick: turn(1),
        disabled: view.page === pages - 1,
      },
      icon('right'),
    ),
  );
}
