import type { BackendName, Side } from '../../../../release/vocabulary.ts';
import type { MapNodeTarget } from '../../map/map-target.ts';
import type { SessionsTarget } from '../sessions-target.ts';

/**
 * Route `sessions` by `zone_cookie`: a map names the backend of new users, as in route `map`, and a second key of the
 * same map says whether a cookie that names a side counts.
 */
export interface ZoneCookieTarget extends SessionsTarget {
  readonly by: 'zone_cookie';
  /** At least one; all of them name the same. */
  readonly keys: readonly string[];
  /** `on` from a switch to the end of its drain, else `off`. */
  readonly zoneKey: string;
  readonly values: Readonly<Record<Side, string>>;
  readonly backends: Readonly<Record<Side, readonly BackendName[]>>;
  readonly nodes: readonly MapNodeTarget[];
}
