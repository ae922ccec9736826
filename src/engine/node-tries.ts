import type { NodeName } from '../release/vocabulary.ts';
import type { Performed } from './effects/perform.ts';
import type { ActResult } from './ports.ts';

/** A node is written at most this often; each write follows a fresh reading, none is repeated blindly. */
const writesPerNode = 3;

/** How often each node was written in one go, and what became of the last write. */
export class NodeTries {
  readonly #tries = new Map<NodeName, { count: number; last: string }>();

  /** Nodes that were written, or were to be. */
  get nodes(): readonly NodeName[] {
    return [...this.#tries.keys()];
  }

  /** Counts a write that begins. */
  begin(node: NodeName): void {
    this.#tries.set(node, { count: this.#countOf(node) + 1, last: 'nothing is known of the last' });
  }

  /** Keeps how writes ended. */
  note(performed: readonly Pick<Performed<ActResult>, 'node' | 'result'>[]): void {
    for (const { node, result } of performed) {
      this.#keep(node, result.kind === 'accepted' ? 'the last was accepted' : lastOf(result.why));
    }
  }

  /** Keeps why a write was not sent. */
  noteUnsent(node: NodeName, why: string): void {
    this.#keep(node, `the last was not sent: ${why}`);
  }

  /** Why the node is not written any more; `held`: what it was found with. Undefined: it may be. */
  whyNoMore(node: NodeName, held: string): string | undefined {
    if (this.#countOf(node) < writesPerNode) return undefined;
    return `it still holds ${held} after ${writesPerNode} writes; ${this.#tries.get(node)?.last}`;
  }

  #countOf(node: NodeName): number {
    return this.#tries.get(node)?.count ?? 0;
  }

  #keep(node: NodeName, last: string): void {
    this.#tries.set(node, { count: this.#countOf(node), last });
  }
}

function lastOf(why: string): string {
  return `the last: ${why}`;
}
