import type { EffectKind } from '../../../../src/release/journal-entry.ts';
import type { SideTarget } from '../../../../src/release/target.ts';
import type { Side } from '../../../../src/release/vocabulary.ts';
import type { Knock, Path } from '../path.ts';

/** What a node holds, as the test reads it past the program; `none` where the route keeps nothing on disk. */
export interface Holds {
  readonly memory: Side | 'other';
  readonly disk: Side | 'other' | 'none';
}

/** What a line that reached a node means. */
export interface Meaning {
  readonly effect: EffectKind;
  /** True where an open intent of this service and side covers what the line writes. */
  readonly isOf: (service: string | undefined, to: Side) => boolean;
}

/** Three real nodes of one kind of route, on which paths are played. One play at a time. */
export interface Ground {
  readonly folder: string;
  readonly names: readonly string[];
  /** Runtime API addresses of the nodes. */
  readonly runtimes: readonly string[];
  /** The paths that make sense here. */
  readonly paths: readonly Path[];
  /** The target of the service, its nodes reached at these addresses. */
  target(runtimes: readonly string[]): SideTarget;
  /** Every node on blue, as at the beginning. */
  reset(): Promise<void>;
  /** Keeps the world as it is; what it gives back puts it there again. */
  save(): Promise<() => Promise<void>>;
  held(): Promise<readonly Holds[]>;
  /** What a line that was said to a node does; undefined where it changes nothing. */
  meaningOf(line: string): Meaning | undefined;
  /** True: the service has hooks, and what they did is judged, too. */
  readonly hooks?: boolean;
  /** Puts the second node back to blue by another hand; undefined where no line can. */
  readonly knock?: readonly Knock[];
  end(): Promise<void>;
}
