import Table from 'cli-table3';
import { type Look, paint } from './look.ts';

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows under heads, aligned, without lines: read by people and by `awk`. Cells are shown as they are. */
export function table(
  look: Look,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const made = new Table({
    head: heads.map((head) => paint(look, 'bold', head)),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) made.push([...row]);
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
