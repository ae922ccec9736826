import type { HaproxyNode } from '../../test/support/haproxy-node.ts';
import type { Pace } from '../pace.ts';
import type { StartedApplications } from './application-process.ts';
import type { Applications } from './applications.ts';
import type { ApplicationSpec } from './services.ts';

/** What runs in a demo: the applications, the HAProxies before them, and the bot's configuration for both. */
export interface Setup {
  readonly applications: readonly ApplicationSpec[];
  readonly node: NodePlan;
  /** The text of the demo's pointsman.yaml. */
  readonly config: (parts: ConfigParts) => string;
  /** Puts programs for the hooks into the folder, and gives the folder that comes first in the bot's PATH. */
  readonly programs?: (folder: string, applications: Applications) => string;
}

/** How every HAProxy is set up, and read without the bot. */
export interface NodePlan {
  /** The map file's text at the start; empty where there is no map. */
  readonly map: string;
  /** The whole haproxy.cfg. */
  readonly config: (parts: NodeParts) => string;
  /** What a node has in its running worker and for its next one: side names, or what else is there. */
  readonly holds: (node: HaproxyNode, service: string) => Promise<HeldWords>;
  /** How long the files lie there before HAProxy starts, milliseconds: it tells its start by the second. */
  readonly restMs?: number;
}

export interface HeldWords {
  readonly memory: string;
  readonly disk: string;
}

export interface NodeParts {
  readonly folder: string;
  readonly port: number;
  readonly mapFile: string;
  readonly applications: StartedApplications;
}

export interface ConfigParts {
  readonly database: string;
  readonly channel: string;
  readonly nodes: readonly HaproxyNode[];
  readonly applications: StartedApplications;
  readonly pace: Pace;
  /** Everything of the demo that is a file stands below it. */
  readonly folder: string;
}
