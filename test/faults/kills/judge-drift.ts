import type { Entry } from '../../../src/release/journal-entry.ts';
import type { Expected } from './expected.ts';
import type { Holds } from './grounds/ground.ts';

interface Nodes {
  readonly names: readonly string[];
  readonly held: readonly Holds[];
}

/** Nodes whose memory or disk is not what the rows want, a sentence for each place. */
export function whatIsOff({ names, held }: Nodes, expected: Expected): readonly Off[] {
  return held.flatMap(({ memory, disk }, i) => {
    const node = names[i] ?? '';
    const off: Off[] = [];
    if (memory !== expected.memory) {
      off.push({ node, why: `I1: ${node} has ${memory}, the rows want ${expected.memory}` });
    }
    if (disk !== expected.disk && disk !== 'none') {
      off.push({ node, why: `I7: ${node} has ${disk} on disk, the rows want ${expected.disk}` });
    }
    return off;
  });
}

interface Off {
  readonly node: string;
  readonly why: string;
}

/**
 * I9, with no release open: memory = disk = accepted side on every node, or it is told as drift. `announced`: rows that
 * somebody is to be told of, or was.
 */
export function untoldDrift(
  nodes: Nodes,
  expected: Expected,
  rows: readonly Entry[],
  announced: readonly number[],
): readonly string[] {
  return whatIsOff(nodes, expected)
    .filter(({ node }) => !isTold(node, rows, announced))
    .map(({ why }) => `${why}, and nobody was told`);
}

/** The newest word on the node says that it is off, and it was for people. */
function isTold(node: string, rows: readonly Entry[], announced: readonly number[]): boolean {
  const row = rows.findLast(
    (one) =>
      one.node === node && (one.what.kind === 'drift_seen' || one.what.kind === 'external_change'),
  );
  if (row === undefined || !('sentence' in row.what)) return false;
  if (row.what.kind === 'drift_seen' && row.what.what === 'back') return false;
  const { notice } = row.what as { readonly notice?: unknown };
  return announced.includes(row.seq) || notice === 'elsewhere';
}
