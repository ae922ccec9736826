import { isLoopback } from './addresses.ts';
import type { FleetFile, NodeFile } from './file-schema.ts';
import { nearest } from './nearest.ts';
import { type Path, problem } from './problem.ts';
import type { FileParts } from './read-parts.ts';
import type { ServiceFile } from './service-schema.ts';

/** What is right by itself and wrong together, whatever the routes: one sentence per contradiction. */
export function crossCheck(parts: FileParts): readonly string[] {
  return [
    ...[...parts.fleets].flatMap(([name, fleet]) => fleetProblems(name, fleet)),
    ...[...parts.services].flatMap(([name, { file }]) => serviceProblems(name, file, parts)),
    ...commandClashes(parts),
    ...approverProblems(parts),
  ];
}

function fleetProblems(name: string, fleet: FleetFile): string[] {
  const at: Path = ['fleets', name, 'nodes'];
  return [
    ...fleet.nodes.flatMap((node, i) => nodeProblems([...at, i], node)),
    ...twice(at, fleet.nodes, 'name', ({ name: own }) => [own]),
    ...twice(at, fleet.nodes, 'runtime', ({ runtime }) => [runtime]),
    ...twice(at, fleet.nodes, 'frontend', ({ frontend }) => [frontend]),
    ...twice(at, fleet.nodes, 'map file', mapFilesOf),
  ];
}

function nodeProblems(path: Path, node: NodeFile): string[] {
  const found: string[] = [];
  for (const key of ['runtime', 'master'] as const) {
    const address = node[key];
    if (address?.startsWith('tcp://') && !isLoopback(address) && !node.insecure) {
      found.push(
        problem(
          [...path, key],
          'unix:// or tcp:// on the loopback',
          address,
          'whoever reaches that port can move your traffic; write insecure: true on the node if the network is yours alone',
        ),
      );
    }
  }
  if (node.map_file !== undefined && node.maps !== undefined) {
    found.push(problem(path, 'map_file or maps', 'both', 'put the file into maps'));
  }
  return found;
}

function mapFilesOf(node: NodeFile): readonly string[] {
  return [node.map_file ?? [], ...Object.values(node.maps ?? {}).map(({ file }) => file)].flat();
}

/** Two nodes that are one: each must be its own process with its own file. */
function twice(
  at: Path,
  nodes: readonly NodeFile[],
  what: string,
  valuesOf: (node: NodeFile) => readonly string[],
): string[] {
  const first = new Map<string, number>();
  const found: string[] = [];
  nodes.forEach((node, i) => {
    for (const value of valuesOf(node)) {
      const before = first.get(value);
      if (before === undefined) first.set(value, i);
      else found.push(sameSentence([...at, i], what, value, `nodes[${before}]`, before === i));
    }
  });
  return found;
}

function sameSentence(
  path: Path,
  what: string,
  value: string,
  other: string,
  own: boolean,
): string {
  const where = own ? 'this node has it twice' : `${other} has it already`;
  return problem(path, `a ${what} of its own`, value, where);
}

function serviceProblems(name: string, service: ServiceFile, parts: FileParts): string[] {
  const at: Path = ['services', name];
  const found = smokeNameProblems([...at, 'smoke'], service);
  if (!parts.fleetNames.includes(service.fleet)) {
    const near = nearest(service.fleet, parts.fleetNames);
    const hint = near === undefined ? undefined : `did you mean ${near}?`;
    const names = parts.fleetNames.join(', ') || 'a fleet of this file';
    found.push(problem([...at, 'fleet'], `one of the fleets (${names})`, service.fleet, hint));
  }
  const fleet = parts.fleets.get(service.fleet);
  if (fleet === undefined) return found;
  return [...found, ...tlsProblems(at, service, fleet)];
}

function smokeNameProblems(at: Path, service: ServiceFile): string[] {
  const found: string[] = [];
  service.smoke.forEach(({ name, headers }, i) => {
    if (service.smoke.findIndex((other) => other.name === name) < i) {
      found.push(problem([...at, i, 'name'], 'a name of its own', name));
    }
    for (const header of Object.keys(headers)) {
      const why = whyNoHeader(header.toLowerCase());
      if (why)
        found.push(problem([...at, i, 'headers'], 'headers of a plain request', header, why));
    }
  });
  return found;
}

function whyNoHeader(header: string): string | undefined {
  if (header === 'authorization' || header === 'proxy-authorization') {
    return 'secrets belong in the environment, and this would stand in the journal';
  }
  const framing = ['connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect'];
  return framing.includes(header) ? 'the check sets it itself' : undefined;
}

function tlsProblems(at: Path, service: ServiceFile, fleet: FleetFile): string[] {
  const secure = fleet.nodes.find(({ frontend }) => frontend.startsWith('https://'));
  if (secure === undefined || service.smoke.length === 0 || service.smoke_tls !== undefined)
    return [];
  const hint = `the frontend of ${secure.name} is ${secure.frontend}`;
  return [problem([...at, 'smoke_tls'], '{ servername, ca } for https frontends', undefined, hint)];
}

function commandClashes({ top }: FileParts): string[] {
  if (top === undefined) return [];
  const owners = new Map<string, string>();
  const found: string[] = [];
  for (const kind of ['release', 'rollback', 'status'] as const) {
    for (const name of top.slack.commands[kind]) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, kind);
      else {
        const hint = `slack.commands.${owner} has it already`;
        found.push(problem(['slack', 'commands', kind], 'names of its own', name, hint));
      }
    }
  }
  return found;
}

/** A release that nobody could ever approve is better refused now. */
function approverProblems({ top, services }: FileParts): string[] {
  if (top === undefined) return [];
  const { approver } = top.roles;
  if (approver.some((entry) => entry === '*' || entry.startsWith('S'))) return [];
  const people = new Set(approver).size;
  return [...services]
    .map(([name, { file }]) => [name, file.approval] as const)
    .filter(([, { approvers }]) => approvers > people)
    .map(([name, approval]) => {
      const expected = `at least ${approval.approvers}, as services.${name}.approval.approvers asks for`;
      return problem(['roles', 'approver'], expected, people === 0 ? undefined : people);
    });
}
