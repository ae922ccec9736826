import type { HaproxyNode } from '../../../test/support/haproxy-node.ts';

/** The status of each side's servers, as `show stat` has it: `blue DRAIN, green UP`; several where they differ. */
export async function serverWords(node: HaproxyNode): Promise<string> {
  const [head = '', ...rows] = (await node.ask('show stat app 4 -1'))
    .replace(/^# /, '')
    .split('\n');
  const columns = head.split(',');
  const column = (row: string, name: string) => row.split(',')[columns.indexOf(name)] ?? '';
  const servers = rows
    .filter((row) => row !== '')
    .map((row) => ({ name: column(row, 'svname'), status: column(row, 'status') }));
  const of = (letter: string) =>
    [...new Set(servers.filter(({ name }) => name.startsWith(letter)).map(({ status }) => status))]
      .sort()
      .join('/');
  return `blue ${of('b')}, green ${of('g')}`;
}
