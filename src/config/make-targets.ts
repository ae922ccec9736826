import type { RouteTarget } from '../release/target.ts';
import { problem } from './problem.ts';
import type { FileParts, ReadService } from './read-parts.ts';
import type { Claim } from './route-settings.ts';

/** Makes the target of every service whose fleet could be read; what is wrong goes to `problems`. */
export function makeTargets(
  parts: FileParts,
  problems: string[],
): ReadonlyMap<string, RouteTarget> {
  const targets = new Map<string, RouteTarget>();
  const claims = new Map<string, Claim>();
  for (const [service, read] of parts.services) {
    const { fleet } = read.file;
    const nodes = parts.fleets.get(fleet)?.nodes;
    if (nodes === undefined) continue;
    const settings = { route: read.file.route, sides: read.file.sides };
    const mapsOfFleet = mapsNamed(parts.services, fleet);
    const made = read.form.target({ service, fleet, settings, nodes, mapsOfFleet });
    if (made.kind === 'broken') problems.push(...made.problems);
    else {
      targets.set(service, made.target);
      claims.set(service, made.claim);
    }
  }
  problems.push(...clashes(claims));
  return targets;
}

/** Every map that the routes of a fleet's services name, each once. */
export function mapsNamed(
  services: ReadonlyMap<string, ReadService>,
  fleet: string,
): readonly string[] {
  const named = [...services.values()]
    .filter(({ file }) => file.fleet === fleet)
    .flatMap(({ route: { map } }) => (typeof map === 'string' ? [map] : []));
  return [...new Set(named)];
}

/** Two services with one place would move each other. */
function clashes(claims: ReadonlyMap<string, Claim>): readonly string[] {
  const owners = new Map<string, string>();
  const found: string[] = [];
  for (const [name, { places, path, expected, found: value, same }] of claims) {
    const owner = places.map((place) => owners.get(place)).find((other) => other !== undefined);
    for (const place of places) owners.set(place, name);
    if (owner === undefined) continue;
    const hint = `services.${owner} has ${same}; they would move each other`;
    found.push(problem(['services', name, ...path], expected, value, hint));
  }
  return found;
}
