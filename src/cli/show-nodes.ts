import { counted } from '../release/counted.ts';
import type { NodeCheck } from '../release/node-check.ts';
import { type Look, paint, plain, said } from './look.ts';
import { table } from './table.ts';

const heads = ['SERVICE', 'NODE', 'HAPROXY', 'MEMORY', 'DISK', 'SERVERS', 'FOUND'];

/** What was found at the nodes: a row for each service and node, then every problem and every note once. */
export function showNodes(look: Look, checks: readonly NodeCheck[]): readonly string[] {
  const problems = new Set(checks.flatMap((check) => check.problems));
  const notes = new Set(checks.flatMap((check) => check.notes));
  return [
    ...table(
      look,
      heads,
      checks.map((check) => row(look, check)),
    ),
    '',
    ...[...problems].map((one) => `${paint(look, 'red', 'Problem:')} ${said(look, one)}`),
    ...[...notes].map((one) => `${paint(look, 'yellow', 'Note:')} ${said(look, one)}`),
    problems.size === 0
      ? paint(look, 'green', 'The nodes are as the configuration expects them.')
      : paint(look, 'red', `${counted(problems.size, 'problem')} at the nodes.`),
  ];
}

function row(look: Look, check: NodeCheck): readonly string[] {
  const { service, node, version, memory, disk, servers, problems } = check;
  return [
    service,
    node,
    version ?? '-',
    plain(memory ?? '-'),
    plain(disk ?? '-'),
    plain(servers || '-'),
    problems.length === 0
      ? paint(look, 'green', 'in order')
      : paint(look, 'red', counted(problems.length, 'problem')),
  ];
}
