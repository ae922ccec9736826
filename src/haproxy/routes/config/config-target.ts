import type { NodeTarget, SideTarget } from '../../../release/target.ts';
import type { BackendName, Side } from '../../../release/vocabulary.ts';

/** One node of route `config`. */
export interface ConfigNodeTarget extends NodeTarget {
  /** The master's socket: without it nobody can reload, and no old worker is seen. */
  readonly master: string;
  /** The haproxy.cfg that its workers read, `file:///path`. */
  readonly configFile: string;
  /** Program and arguments that check a configuration; `{file}` stands for its path. */
  readonly check: readonly string[];
}

/** Route `config`: one line of haproxy.cfg names the backend; moved by editing it and reloading. */
export interface ConfigTarget extends SideTarget {
  readonly kind: 'config';
  readonly frontend: string;
  /** The condition of its `use_backend` line, `if is_shop`; absent: its `default_backend` line. */
  readonly useBackend?: string;
  /** How long a reload may take until nobody knows how it ended, milliseconds. */
  readonly reloadMs: number;
  readonly sides: Readonly<Record<Side, BackendName>>;
  readonly nodes: readonly ConfigNodeTarget[];
}
