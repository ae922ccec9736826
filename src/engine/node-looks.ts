import type { NodeTarget } from '../release/target.ts';
import type { NodeName, ServiceName } from '../release/vocabulary.ts';
import type { Clock } from './ports.ts';

/** So long is waited for nodes together, milliseconds: one in order answers in some of them. */
const soonMs = 500;

/**
 * Looks at the nodes of many services side by side. A node is asked one thing at a time, so that it keeps a connection
 * free for others; who waits for a silent one keeps nobody from the rest.
 */
export class NodeLooks {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** The newest look at each node, by its address: the next one waits for it. */
  readonly #lanes = new Map<string, Promise<unknown>>();
  /** What is being read of a service, or waits for its node. */
  readonly #busy = new Set<string>();

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Reads the nodes that are not being read for this service yet; judges together what comes soon, and each other one
   * as it comes. Resolves when all have come.
   */
  async of<Look>(
    service: ServiceName,
    nodes: readonly NodeTarget[],
    read: (node: NodeName) => Promise<Look>,
    judge: (looks: readonly Look[]) => void,
  ): Promise<void> {
    const came: Look[][] = [];
    let together = true;
    const free = nodes.filter(({ node }) => !this.#busy.has(`${service}/${node}`));
    const reads = free.map(async ({ node, runtime }, i) => {
      const key = `${service}/${node}`;
      this.#busy.add(key);
      const look = await this.#inLane(runtime, () => read(node)).finally(() =>
        this.#busy.delete(key),
      );
      if (together) came[i] = [look];
      else judge([look]);
    });
    await this.soon(Promise.allSettled(reads));
    together = false;
    judge(came.flat());
    await Promise.all(reads);
  }

  /** Resolves with the work, or when it takes longer than nodes in order do. */
  async soon(work: Promise<unknown>): Promise<void> {
    const limit = new AbortController();
    const late = this.#clock.sleep(soonMs, limit.signal).catch(() => undefined);
    await Promise.race([work, late]);
    limit.abort();
  }

  #inLane<Look>(address: string, read: () => Promise<Look>): Promise<Look> {
    const turn = async (): Promise<Look> => {
      this.#signal.throwIfAborted();
      return read();
    };
    const before = this.#lanes.get(address) ?? Promise.resolve();
    const mine = before.then(turn, turn);
    this.#lanes.set(address, mine);
    return mine;
  }
}
