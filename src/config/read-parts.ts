import { check } from './explain.ts';
import { isMapping } from './file-leaves.ts';
import { type FleetFile, fleetSchema, type TopFile, topSchema } from './file-schema.ts';
import { fleetNamePattern, whyNoServiceName } from './names.ts';
import { nearest } from './nearest.ts';
import { type Path, problem } from './problem.ts';
import type { RouteForm, RouteSettings } from './route-settings.ts';
import { type ServiceFile, serviceOfAnyRoute, serviceSchema } from './service-schema.ts';

/** The routes of the design: one that is missing in this version is named as such. */
const routesOfTheDesign = ['map', 'servers', 'config', 'sessions', 'percentage'];

/** One service that could be read. */
export interface ReadService {
  readonly file: ServiceFile;
  /** The form of its route; the keys in `file` are its. */
  readonly form: RouteForm;
  /** The route as the file has it. */
  readonly route: Readonly<Record<string, unknown>>;
}

/** What could be read of the file; parts that are broken have their problem, and are here as far as they can be read. */
export interface FileParts {
  readonly top: TopFile | undefined;
  readonly fleets: ReadonlyMap<string, FleetFile>;
  readonly services: ReadonlyMap<string, ReadService>;
  /** Every name that stands in the file, broken or not. */
  readonly fleetNames: readonly string[];
}

/** Reads each fleet and service by itself, so that all problems are found at once. */
export function readParts(
  value: unknown,
  routes: readonly RouteSettings[],
  problems: string[],
): FileParts {
  const top = check(topSchema, value, [], problems);
  return {
    top,
    fleets: readEach(value, 'fleets', readFleet, problems),
    services: readEach(value, 'services', serviceReader(routes), problems),
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

function serviceReader(routes: readonly RouteSettings[]) {
  return (name: string, part: unknown, path: Path, problems: string[]): ReadService | undefined => {
    const why = whyNoServiceName(name);
    if (why !== undefined) problems.push(problem(path, why, name));
    const route = mappingAt(part, 'route');
    const form = routes.find(({ kind }) => kind === route.kind)?.formOf(route);
    if (form === undefined) {
      // A route of an unknown kind has keys of its own: only what does not depend on it is checked.
      if (isMapping(part)) problems.push(kindProblem(part, routes, path));
      check(serviceOfAnyRoute, part, path, problems);
      return undefined;
    }
    problems.push(...sideKeys(part, form, path));
    const file = check(serviceSchema(form.keys), part, path, problems);
    return file === undefined ? undefined : { file, form, route };
  };
}

/** What is done to a side: where a service has none it would be read and never done. */
const doneToSides = ['smoke', 'smoke_tls', 'bake', 'accept', 'acceptance'];

function sideKeys(part: unknown, { keys }: RouteForm, path: Path): readonly string[] {
  if (!isMapping(part) || 'sides' in keys) return [];
  const hint = 'this route has no sides; take this key out';
  return doneToSides
    .filter((key) => Object.hasOwn(part, key))
    .map((key) => problem([...path, key], 'nothing here', part[key], hint));
}

function kindProblem(
  { route }: Readonly<Record<string, unknown>>,
  routes: readonly RouteSettings[],
  path: Path,
): string {
  const kinds = routes.map(({ kind }) => kind);
  const words = kinds.join(', ').replace(/, ([^,]*)$/, ' or $1');
  if (!isMapping(route)) {
    return problem([...path, 'route'], `a mapping with kind: ${words}, and its keys`, route);
  }
  const { kind } = route;
  const hint = typeof kind === 'string' ? kindHint(kind, kinds) : undefined;
  return problem([...path, 'route', 'kind'], words, kind, hint);
}

function kindHint(kind: string, kinds: readonly string[]): string | undefined {
  if (routesOfTheDesign.includes(kind)) return `the route ${kind} is not built yet`;
  const near = nearest(kind, kinds);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

function mappingAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const inner = isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isMapping(inner) ? inner : {};
}
