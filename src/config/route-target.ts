import { hasSides, type RouteTarget, type SideTarget } from '../release/target.ts';
import type { Config, Service } from './config.ts';

/** Where and how a service's traffic is moved, as its plan keeps it. Throws where the service is not of this configuration. */
export function routeTarget(config: Config, service: Service): RouteTarget {
  const fleet = config.fleets.get(service.fleet);
  if (fleet === undefined) throw new Error(`The configuration has no fleet ${service.fleet}.`);
  const target = {
    kind: 'map',
    key: service.route.key,
    sides: service.sides,
    nodes: fleet.nodes.map((node) => {
      const map = node.maps.get(service.route.map);
      if (map === undefined) throw new Error(`${node.name} has no map ${service.route.map}.`);
      const { name, runtime, frontend, master } = node;
      return {
        node: name,
        runtime,
        frontend,
        mapId: map.id,
        mapFile: map.file,
        ...(master === undefined ? {} : { master }),
      };
    }),
  };
  return target;
}

/** The same for a service that has sides. Throws where it has none: then the caller mixed up two ways. */
export function sideTarget(config: Config, service: Service): SideTarget {
  const target = routeTarget(config, service);
  if (hasSides(target)) return target;
  throw new Error(`${service.name} has no sides: its route is ${target.kind}.`);
}
