import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import type { HaproxyNode } from '../../test/support/haproxy-node.ts';
import { demoRoles } from '../bot-config.ts';
import type { StartedApplications } from '../fleet/application-process.ts';
import type { ApplicationSpec } from '../fleet/services.ts';
import type { ConfigParts, NodeParts } from '../fleet/setup.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** A set-up of `examples/`, to be run in the demo's folders and on its ports. */
export interface Example {
  /** Its map at the start; empty where it has none. */
  readonly map: string;
  /** The servers of its haproxy.cfg: g.. is green, all others are blue. */
  readonly applications: readonly ApplicationSpec[];
  readonly node: (parts: NodeParts) => string;
  /** Its pointsman.yaml, on the demo's nodes; `pace` says what the demo does quicker. */
  readonly config: (parts: ConfigParts, faster: (service: ServiceYaml) => object) => string;
}

/** One service of the example's file, as it stands there. */
export type ServiceYaml = Readonly<Record<string, unknown>> & {
  readonly route: Readonly<Record<string, unknown>>;
};

interface FileYaml {
  readonly fleets: Readonly<Record<string, { readonly nodes: readonly object[] }>>;
  readonly services: Readonly<Record<string, ServiceYaml>>;
}

/** Reads an example whose nodes are all alike: its first node is the model of the demo's three. */
export function readExample(name: string, { hasMap }: { readonly hasMap: boolean }): Example {
  const textOf = (file: string) => readFileSync(join(examples, name, file), 'utf8');
  const cfg = textOf('haproxy.cfg');
  const yaml = textOf('pointsman.yaml');
  return {
    map: hasMap ? textOf('maps/bluegreen.map') : '',
    applications: serversOf(cfg).map(({ server }) => ({
      service: 'checkout',
      side: server.startsWith('g') ? 'green' : 'blue',
      server,
    })),
    node: ({ folder, port, applications }) =>
      onPorts(inFolder(cfg, folder), cfg, applications)
        .replace(/^ {4}(log|user|group|option httplog)\b.*\n/gm, '')
        .replace(/^( {4}bind) :\d+/gm, `$1 127.0.0.1:${port}`)
        .replace(/\binter \d+s/g, 'inter 400ms'),
    config: (parts, faster) => {
      const file = parse(onPorts(yaml, cfg, parts.applications)) as FileYaml;
      return stringify(moved(file, parts, faster));
    },
  };
}

function moved(
  file: FileYaml,
  { database, channel, nodes, pace }: ConfigParts,
  faster: (service: ServiceYaml) => object,
): object {
  const [[fleet = 'edge', { nodes: [model] = [] } = { nodes: [] }] = []] = Object.entries(
    file.fleets,
  );
  const [[name = 'checkout', service] = []] = Object.entries(file.services);
  if (model === undefined || service === undefined) throw new Error('The example has no service.');
  const common = {
    ...(service.sides === undefined
      ? {}
      : {
          bake: {
            ...(service.bake as object),
            for: pace.bake,
            minimum_requests: 20,
            latency: '5x',
          },
        }),
    drain: { timeout: pace.drain, then: 'wait' },
  };
  return {
    database,
    slack: { channel },
    roles: demoRoles,
    fleets: { [fleet]: { nodes: nodes.map((node) => nodeLike(model, node, service.route.map)) } },
    services: { [name]: { ...service, ...common, ...faster(service) } },
    drift: { every: pace.drift },
  };
}

/** The model with another name and other places. A map's path differs by node, so it is said by `maps`. */
function nodeLike(model: object, node: HaproxyNode, map: unknown): object {
  const { map_file: mapFile, ...like } = JSON.parse(
    inFolder(JSON.stringify(model), node.folder),
  ) as Record<string, unknown>;
  const { name, runtime, frontend } = node;
  const own = { [String(map)]: { id: node.mapFile, file: `file://${node.mapFile}` } };
  return { ...like, name, runtime, frontend, ...(mapFile === undefined ? {} : { maps: own }) };
}

function inFolder(text: string, folder: string): string {
  return text.replaceAll(/\/(etc|run|var\/lib)\/haproxy\b/g, folder);
}

/** Every `127.0.0.1:<port of a server>` in a text becomes the port of the application that stands there in the demo. */
function onPorts(text: string, cfg: string, applications: StartedApplications): string {
  const ports = new Map(
    serversOf(cfg).map(({ server, port }) => [
      port,
      applications.find((one) => one.server === server)?.port,
    ]),
  );
  return text.replaceAll(/127\.0\.0\.1:(\d+)/g, (whole, port: string) => {
    const own = ports.get(port);
    return own === undefined ? whole : `127.0.0.1:${own}`;
  });
}

function serversOf(cfg: string): readonly { readonly server: string; readonly port: string }[] {
  const lines = cfg.matchAll(/^ {4}server (\S+) 127\.0\.0\.1:(\d+)/gm);
  return [...lines].map(([, server = '', port = '']) => ({ server, port }));
}
