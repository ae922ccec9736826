import type { MakeRoute } from '../../engine/ports.ts';
import { unreachable } from '../../release/vocabulary.ts';
import { mapRoute } from './map/map-route.ts';
import type { RouteOptions } from './route-options.ts';

/** Makes routes over real nodes. One line per kind of route. */
export function makeRoute(options: RouteOptions): MakeRoute {
  return (target) => {
    switch (target.kind) {
      case 'map':
        return mapRoute(target, options);
      default:
        return unreachable(target.kind);
    }
  };
}
