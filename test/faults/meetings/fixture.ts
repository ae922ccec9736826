import type { Release } from '../../../src/release/release.ts';
import type { EngineOrder } from '../engine-process/order.ts';
import type { FaultProxy } from '../fault-proxy.ts';

/** Real nodes of one route, each behind a proxy that judges every line at the moment it arrives. One play at a time. */
export interface Fixture {
  readonly proxies: readonly FaultProxy[];
  /**
   * Puts every node where it was at first, and gives an order with an empty journal. `waitsForLines`: none comes later than
   * it is waited for, so each has its open intent also when it is carried out.
   */
  fresh(waitsForLines: boolean): Promise<EngineOrder>;
  /** Another hand changes the second node, past the proxy. */
  knock(): Promise<void>;
  /** What the proxies have found since `fresh`. */
  witnessed(): readonly string[];
  /**
   * What does not hold with nothing under way. `told`: lines may have come later than anybody waits for them; where a node
   * is off then, it has to be told as drift.
   */
  judge(open: readonly Release[], told: boolean): Promise<readonly string[]>;
  /** Removes the folders of the plays so far. */
  tidy(): void;
  end(): Promise<void>;
}
