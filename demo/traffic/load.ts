import type { Side } from '../../src/release/vocabulary.ts';
import { Answers } from './answers.ts';
import { startFreshLoad } from './fresh-load.ts';
import { type KeepAlive, type Latency, startKeepAliveLoad } from './keep-alive-load.ts';

export interface LoadResult {
  readonly node: string;
  /** Requests with a whole 200, by the side that answered, over both kinds of connections. */
  readonly keepAlive: Readonly<Record<Side, number>>;
  readonly fresh: Readonly<Record<Side, number>>;
  readonly failed: number;
  readonly failures: readonly string[];
  readonly latency: Latency;
}

const connectionsPerNode = 4;
const callersPerNode = 2;

/** Real load on every node's frontend, over kept and over new connections. */
export class Load {
  readonly #nodes: readonly {
    readonly name: string;
    readonly keepAlive: Answers;
    readonly fresh: Answers;
    readonly stop: () => Promise<Latency>;
  }[];
  #results: Promise<readonly LoadResult[]> | undefined;

  constructor(
    nodes: readonly { readonly name: string; readonly frontend: string }[],
    host: string,
    keep: KeepAlive = startKeepAliveLoad,
  ) {
    this.#nodes = nodes.map(({ name, frontend }) => {
      const url = `${frontend}/release`;
      const keepAlive = new Answers(name);
      const fresh = new Answers(name);
      const kept = keep({
        url,
        host,
        connections: connectionsPerNode,
        answers: keepAlive,
      });
      const renewed = startFreshLoad({ url, host, callers: callersPerNode, answers: fresh });
      const stop = async () => {
        const [latency] = await Promise.all([kept.stop(), renewed.stop()]);
        return latency;
      };
      return { name, keepAlive, fresh, stop };
    });
  }

  /** Whole answers of a side so far, by node. */
  answersFrom(side: Side): readonly number[] {
    return this.#nodes.map(({ keepAlive, fresh }) => keepAlive.from[side] + fresh.from[side]);
  }

  get failed(): number {
    return this.#nodes.reduce(
      (sum, { keepAlive, fresh }) => sum + keepAlive.failed + fresh.failed,
      0,
    );
  }

  /** Ends it, once, and resolves with what was measured. */
  stop(): Promise<readonly LoadResult[]> {
    this.#results ??= Promise.all(
      this.#nodes.map(async ({ name, keepAlive, fresh, stop }) => {
        const latency = await stop();
        return {
          node: name,
          keepAlive: keepAlive.from,
          fresh: fresh.from,
          failed: keepAlive.failed + fresh.failed,
          failures: [...keepAlive.failures, ...fresh.failures],
          latency,
        };
      }),
    );
    return this.#results;
  }
}
