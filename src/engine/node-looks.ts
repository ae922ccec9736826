import type { NodeTarget } from '../release/target.ts';
import type { NodeName, ServiceName } from '../release/vocabulary.ts';
import type { Clock } from './ports.ts';

/** So long is waited for nodes together, milliseconds: one in order answers in some of them. */
const soonMs = 500;

/** How one service's nodes are looked at. */
interface LookAt<Look> {
  readonly read: (node: NodeName) => Promise<Look>;
  /** Why the node did not answer; undefined where it did. */
  readonly silence: (look: Look) => string | undefined;
  /** The look at a node that another service has just found silent. */
  readonly silent: (node: NodeName, why: string) => Look;
  readonly judge: (looks: readonly Look[]) => void;
}

/** What is known of a node's address. */
interface Lane {
  /** The newest look at it: the next one waits for it. */
  tail: Promise<unknown>;
  /** How many looks in a row had no answer, and how often it was looked at when the last of them had none. */
  silences: number;
  asked: number;
  silentSince: number;
  why: string;
}

/** One service's reading may be slow by itself; so many in a row are the node's silence. */
const enoughSilences = 2;

/**
 * Looks at the nodes of many services side by side. A node is asked one thing at a time, so that it keeps a connection
 * free for others; who waits for a silent one keeps nobody from the rest.
 */
export class NodeLooks {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** By the node's address. */
  readonly #lanes = new Map<string, Lane>();
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
    look: LookAt<Look>,
  ): Promise<void> {
    const came: Look[][] = [];
    let together = true;
    const free = nodes.filter(({ node }) => !this.#busy.has(`${service}/${node}`));
    const reads = free.map(async (target, i) => {
      const key = `${service}/${target.node}`;
      this.#busy.add(key);
      const seen = await this.#inLane(target, look).finally(() => this.#busy.delete(key));
      if (together) came[i] = [seen];
      else look.judge([seen]);
    });
    await this.soon(Promise.allSettled(reads));
    together = false;
    look.judge(came.flat());
    await Promise.all(reads);
  }

  /** Resolves with the work, or when it takes longer than nodes in order do. */
  async soon(work: Promise<unknown>): Promise<void> {
    const limit = new AbortController();
    const late = this.#clock.sleep(soonMs, limit.signal).catch(() => undefined);
    await Promise.race([work, late]);
    limit.abort();
  }

  /** A silent node is not asked once more for every service that waits for it already. */
  #inLane<Look>({ node, runtime }: NodeTarget, look: LookAt<Look>): Promise<Look> {
    const lane = this.#lane(runtime);
    const turn = async (): Promise<Look> => {
      this.#signal.throwIfAborted();
      if (lane.silences >= enoughSilences && asked <= lane.silentSince) {
        return look.silent(node, lane.why);
      }
      const seen = await look.read(node);
      const why = look.silence(seen);
      lane.silences = why === undefined ? 0 : lane.silences + 1;
      if (why !== undefined) {
        lane.why = why;
        lane.silentSince = lane.asked;
      }
      return seen;
    };
    lane.asked += 1;
    const { asked } = lane;
    const mine = lane.tail.then(turn, turn);
    lane.tail = mine;
    return mine;
  }

  #lane(address: string): Lane {
    const known = this.#lanes.get(address);
    if (known !== undefined) return known;
    const lane: Lane = { tail: Promise.resolve(), silences: 0, asked: 0, silentSince: 0, why: '' };
    this.#lanes.set(address, lane);
    return lane;
  }
}
