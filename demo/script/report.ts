import Table from 'cli-table3';
import { visibleText } from '../slack/message.ts';
import type { LoadResult } from '../traffic/load.ts';
import { anchorOf, type Scene } from './scene.ts';

/** What happened, as text to be read: the load, the releases, the nodes. */
export function report(scene: Scene, load: readonly LoadResult[]): string {
  return [
    '',
    'Requests served, by node and by the side that answered',
    loadTable(load),
    ...load.flatMap(({ node, failures }) => failures.map((failure) => `  ${node}: ${failure}`)),
    '',
    'Releases',
    releaseTable(scene),
    '',
    `What each node held (${scene.service}; memory / disk)`,
    nodeTable(scene),
  ].join('\n');
}

function loadTable(load: readonly LoadResult[]): string {
  const table = newTable(
    ['Node', 'Kept: blue', 'Kept: green', 'New: blue', 'New: green', 'Failed', 'p50', 'p99', 'Max'],
    1,
  );
  for (const { node, keepAlive, fresh, failed, latency } of load) {
    const { p50, p99, max } = latency;
    const counts = [keepAlive.blue, keepAlive.green, fresh.blue, fresh.green, failed];
    table.push([node, ...counts.map(String), `${p50} ms`, `${p99} ms`, `${max} ms`]);
  }
  return table.toString();
}

function releaseTable({ endings, slack }: Scene): string {
  const table = newTable(['Release', 'State', 'Took', 'Skew', 'Anchor: journal row'], 2);
  for (const [id, message] of endings) {
    const text = visibleText(message);
    const thread = slack.replies(message.ts).map(visibleText).join('\n');
    const [, state = ''] = (text.split('\n')[0] ?? '').split(' · ');
    table.push([
      id,
      state,
      found(/took ([^·\n]+)/, text),
      found(/skew ([\d.]+ ms)/, thread),
      `#${anchorOf(message)?.split(':')[0] ?? ''}`,
    ]);
  }
  return table.toString();
}

function found(pattern: RegExp, text: string): string {
  return pattern.exec(text)?.[1]?.trim() ?? '-';
}

function nodeTable({ snapshots }: Scene): string {
  const nodes = [...new Set(snapshots.map(({ node }) => node))];
  const table = newTable(['When', ...nodes], nodes.length + 1);
  for (const when of new Set(snapshots.map((one) => one.when))) {
    const cells = nodes.map((node) => {
      const one = snapshots.find((known) => known.when === when && known.node === node);
      return one === undefined ? '-' : `${one.memory} / ${one.disk}`;
    });
    table.push([when, ...cells]);
  }
  return table.toString();
}

/** The first `leftColumns` columns are text, the others numbers. No colours: it is also read in log files. */
function newTable(head: readonly string[], leftColumns: number): Table.Table {
  return new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i < leftColumns ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
}
