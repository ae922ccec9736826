import { check } from './explain.ts';
import { isMapping } from './file-leaves.ts';
import { type FleetFile, fleetSchema, type TopFile, topSchema } from './file-schema.ts';
import { fleetNamePattern, whyNoServiceName } from './names.ts';
import { type Path, problem } from './problem.ts';
import { laterRoutes, type ServiceFile, serviceSchema } from './service-schema.ts';

/** What could be read of the file; parts that are broken are missing and have their problem. */
export interface FileParts {
  readonly top: TopFile | undefined;
  readonly fleets: ReadonlyMap<string, FleetFile>;
  readonly services: ReadonlyMap<string, ServiceFile>;
  /** Every name that stands in the file, broken or not. */
  readonly fleetNames: readonly string[];
}

/** Reads each fleet and service by itself, so that all problems are found at once. */
export function readParts(value: unknown, problems: string[]): FileParts {
  const top = check(topSchema, value, [], problems);
  return {
    top,
    fleets: readEach(value, 'fleets', readFleet, problems),
    services: readEach(value, 'services', readService, problems),
    fleetNames: Object.keys(mappingAt(value, 'fleets')),
  };
}

function readEach<T>(
  value: unknown,
  key: string,
  read: (name: string, part: unknown, path: Path, problems: string[]) => T | undefined,
  problems: string[],
): ReadonlyMap<string, T> {
  const parts = new Map<string, T>();
  for (const [name, part] of Object.entries(mappingAt(value, key))) {
    const one = read(name, part, [key, name], problems);
    if (one !== undefined) parts.set(name, one);
  }
  return parts;
}

function readFleet(name: string, part: unknown, path: Path, problems: string[]) {
  if (!fleetNamePattern.test(name)) {
    problems.push(problem(path, 'a fleet name of a-z, 0-9 and -, beginning with a letter', name));
  }
  return check(fleetSchema, part, path, problems);
}

function readService(
  name: string,
  part: unknown,
  path: Path,
  problems: string[],
): ServiceFile | undefined {
  const why = whyNoServiceName(name);
  if (why !== undefined) problems.push(problem(path, why, name));
  const kind = mappingAt(part, 'route').kind;
  if (typeof kind !== 'string' || !laterRoutes.includes(kind)) {
    return check(serviceSchema, part, path, problems);
  }
  // A route of another kind has keys of its own: only what does not depend on it is checked.
  const hint = `the route ${kind} is not built yet, the route map is`;
  problems.push(problem([...path, 'route', 'kind'], 'map', kind, hint));
  const rest = serviceSchema.omit({ route: true, sides: true });
  const { route: _, sides: __, ...others } = isMapping(part) ? part : {};
  check(rest, others, path, problems);
  return undefined;
}

function mappingAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isMapping(inner) ? inner : {};
}
