import type { NodeTarget, RouteTarget } from '../release/target.ts';
import type { Config, Service } from './config.ts';

/** Where and how a service's traffic is moved, as its plan keeps it. Throws where the service is not of this configuration. */
export function routeTarget(config: Config, service: Service): RouteTarget {
  const fleet = config.fleets.get(service.fleet);
  if (fleet === undefined) throw new Error(`The configuration has no fleet ${service.fleet}.`);
  return {
    kind: 'map',
    key: service.route.key,
    sides: service.sides,
    nodes: fleet.nodes.map((node): NodeTarget => {
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
}
