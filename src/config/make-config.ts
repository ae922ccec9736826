import { resolve } from 'node:path';
import { digestOf } from '../release/digest.ts';
import type { SmokeCheck } from '../release/plan.ts';
import type { RouteTarget } from '../release/target.ts';
import { nodeName } from '../release/vocabulary.ts';
import type { Config, Fleet, Node, Service } from './config.ts';
import type { FleetFile, NodeFile, TopFile } from './file-schema.ts';
import { mapsNamed } from './make-targets.ts';
import type { ReadService } from './read-parts.ts';
import type { ServiceFile } from './service-schema.ts';

/** A file whose every part was read and checked. */
export interface WholeFile {
  readonly top: TopFile;
  readonly fleets: ReadonlyMap<string, FleetFile>;
  readonly services: ReadonlyMap<string, ReadService>;
  /** One per service. */
  readonly targets: ReadonlyMap<string, RouteTarget>;
  /** The file's content as data, for its digest. */
  readonly content: unknown;
  /** Relative paths are relative to here. */
  readonly folder: string;
}

/** Makes the configuration from a checked file. */
export function makeConfig(file: WholeFile): Config {
  const { top, folder } = file;
  return {
    database: resolve(folder, top.database),
    slack: top.slack,
    roles: top.roles,
    people: new Map(Object.entries(top.people)),
    fleets: new Map([...file.fleets].map(([name, fleet]) => [name, makeFleet(name, fleet, file)])),
    services: new Map(
      [...file.services].map(([name, service]) => [name, makeService(name, service, file)]),
    ),
    drift: { everyMs: top.drift.every },
    digest: digestOf(file.content),
  };
}

function makeFleet(name: string, fleet: FleetFile, { services }: WholeFile): Fleet {
  const maps = mapsNamed(services, name);
  return { name, nodes: fleet.nodes.map((node) => makeNode(node, maps)) };
}

function makeNode(node: NodeFile, routeMaps: readonly string[]): Node {
  const { map_file: file } = node;
  const maps =
    file === undefined
      ? Object.entries(node.maps ?? {})
      : routeMaps.map((map) => [map, { id: map, file }] as const);
  return {
    name: nodeName(node.name),
    runtime: node.runtime,
    frontend: node.frontend,
    maps: new Map(maps),
    ...(node.master === undefined ? {} : { master: node.master }),
    ...(node.config_file === undefined ? {} : { configFile: node.config_file }),
  };
}

function makeService(name: string, read: ReadService, file: WholeFile): Service {
  const { file: service, route } = read;
  const target = file.targets.get(name);
  if (target === undefined) throw new Error(`The service ${name} has no target.`);
  const { approval, gates, bake, acceptance, drain } = service;
  return {
    name,
    fleet: service.fleet,
    ...(service.channel === undefined ? {} : { channel: service.channel }),
    route,
    target,
    approval: {
      approvers: approval.approvers,
      selfApproval: approval.self_approval,
      expiresMs: approval.expires,
    },
    gates: {
      healthyReadings: gates.healthy_readings,
      minimumHealthy: gates.minimum_healthy,
      timeoutMs: gates.timeout,
    },
    smoke: service.smoke.map((check) => makeCheck(check, service, file.folder)),
    bake: {
      forMs: bake.for,
      errorRate: bake.error_rate,
      latency: bake.latency,
      minimumRequests: bake.minimum_requests,
    },
    ...reasonOf(service),
    accept: service.accept,
    acceptance: { remindMs: acceptance.remind, expiresMs: acceptance.expires },
    drain: { timeoutMs: drain.timeout, then: drain.then },
    ...(service.hooks === undefined ? {} : { hooks: service.hooks }),
    // Of what was read, defaults filled in: another program's other default is another configuration.
    digest: digestOf({ service, fleet: file.fleets.get(service.fleet) ?? null }),
  };
}

/** A ticket stands in a reason, so asking for one asks for a reason. */
function reasonOf({ reason, ticket }: ServiceFile): Pick<Service, 'reason'> {
  if (ticket !== undefined) return { reason: { ticket } };
  return reason === 'required' ? { reason: {} } : {};
}

function makeCheck(
  check: ServiceFile['smoke'][number],
  { smoke_tls: tls }: ServiceFile,
  folder: string,
): SmokeCheck {
  const { status, body_contains: bodyContains, header } = check.expect;
  return {
    name: check.name,
    path: check.path,
    headers: check.headers,
    expect: {
      status,
      ...(bodyContains === undefined ? {} : { bodyContains }),
      ...(header === undefined ? {} : { header }),
    },
    ...(tls === undefined ? {} : { tls: makeTls(tls, folder) }),
  };
}

function makeTls(
  { servername, ca }: NonNullable<ServiceFile['smoke_tls']>,
  folder: string,
): NonNullable<SmokeCheck['tls']> {
  return ca === undefined ? { servername } : { servername, ca: resolve(folder, ca) };
}
