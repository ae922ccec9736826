import type { Config } from '../../../src/config/config.ts';
import type { MapTarget } from '../../../src/haproxy/routes/map/map-target.ts';
import { hasSides, type RouteTarget } from '../../../src/release/target.ts';
import { soakConfig } from '../../soak/services.ts';
import { configFor } from '../kills/paths.ts';
import { serverRules } from '../server-kills/server-paths.ts';

/** What an engine process is started with, as JSON. */
export interface EngineOrder {
  readonly folder: string;
  readonly target: RouteTarget;
  /** Two services with a key each in one map. */
  readonly twoKeys?: true;
  /** The service has hooks, and they note in this file that they ran. */
  readonly hooks?: string;
}

export function configOf({ folder, target, twoKeys, hooks }: EngineOrder): Config {
  if (!hasSides(target)) return serverRules({ folder, target });
  return twoKeys === true ? soakConfig((target as MapTarget).nodes) : configFor(target, hooks);
}
