import type { MakeRoute } from '../../engine/ports.ts';
import { sideRoutes } from './all.ts';
import type { RouteOptions } from './route-options.ts';

/** Makes routes over real nodes. */
export function makeRoute(options: RouteOptions): MakeRoute {
  return (target) => {
    const kind = sideRoutes.find(({ settings }) => settings.kind === target.kind);
    if (kind === undefined) {
      throw new Error(`No route of the kind ${target.kind} is built into this version.`);
    }
    return kind.make(target, options);
  };
}
