import type { BackendName, Side } from '../../../../release/vocabulary.ts';
import type { MapNodeTarget } from '../../map/map-target.ts';
import type { SessionsTarget } from '../sessions-target.ts';

/**
 * Route `sessions` by `zone_cookie`: a map names the backend of new users, as in route `map`, and a second key of the
 * same map says whether a cookie that names a side counts.
 */
export interface ZoneCookieTarget extends SessionsTarget {
  readonly by: 'zone_cookie';
  readonly key: string;
  /** `on` from a switch to the end of its drain, else `off`. */
  readonly zoneKey: string;
  readonly sides: Readonly<Record<Side, BackendName>>;
  readonly nodes: readonly MapNodeTarget[];
}
