import { request } from 'node:http';
import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { backendName, sides } from '../../src/release/vocabulary.ts';
import { aFleet, type FleetBuilder, type TestFleet } from './haproxy.ts';

const hosts = ['www.example.com', 'example.com'] as const;
const found = 'req.hdr(host),lower,map({map},blue)';

/**
 * Two host names that move together, and a word in the map of which haproxy.cfg makes two backends: `web_<word>`, and
 * `api_<word>` for requests with `x-kind: api`. Both serve the side's applications.
 */
export function aColourFleet(): FleetBuilder {
  const builder = aFleet()
    .withMap(`# hosts\n${hosts.map((host) => `${host} blue\n`).join('')}other.example.com blue\n`)
    .withFrontend(
      `use_backend api_%[${found}] if { req.hdr(x-kind) api }\n    use_backend web_%[${found}]`,
    );
  for (const kind of ['web', 'api']) {
    for (const side of sides) {
      builder.withSection(
        `backend ${kind}_${side}\n    option httpchk GET /healthz\n    default-server check inter 50ms fastinter 25ms rise 2 fall 2\n    server s1 {${side}}\n`,
      );
    }
  }
  return builder;
}

/** The target of a service over such a fleet. */
export function colourTarget(fleet: TestFleet): MapTarget {
  return {
    kind: 'map',
    keys: hosts,
    values: { blue: 'blue', green: 'green' },
    backends: {
      blue: [backendName('web_blue'), backendName('api_blue')],
      green: [backendName('web_green'), backendName('api_green')],
    },
    sides: { blue: 'web_blue, api_blue', green: 'web_green, api_green' },
    nodes: fleet.nodes.map(({ target }) => target),
  };
}

/** What answers one request, `200 version=blue server=b1`; \`kind\`: by which of the side's backends. */
export function answerAt(
  frontend: string,
  host: string,
  { kind = 'web', path = '/release' }: { kind?: 'web' | 'api'; path?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'x-kind': kind, connection: 'close' };
    const sent = request(new URL(path, frontend), { headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(`${response.statusCode} ${body.trim()}`));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
