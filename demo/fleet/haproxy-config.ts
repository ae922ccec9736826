import { type Side, sides } from '../../src/release/vocabulary.ts';
import type { StartedApplications } from './application-process.ts';
import { backendOf, demoServices } from './services.ts';

/** A node's whole haproxy.cfg: blue-green over one map with a key per service. */
export function demoHaproxyConfig(node: {
  readonly adminSocket: string;
  readonly mapFile: string;
  readonly port: number;
  readonly applications: StartedApplications;
}): string {
  const [first, ...others] = demoServices.map(({ name, host }) => ({
    rule: `use_backend %[str(${name}),map(${node.mapFile},${backendOf(name, 'blue')})]`,
    host,
  }));
  const backends = demoServices.flatMap(({ name }) =>
    sides.map((side) => backend(name, side, node.applications)),
  );
  return `global
    maxconn 2000
    stats socket ${node.adminSocket} mode 600 level admin
    hard-stop-after 10s

defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 60s

frontend www
    bind 127.0.0.1:${node.port}
${others.map(({ rule, host }) => `    ${rule} if { req.hdr(host) -i ${host} }\n`).join('')}    ${first?.rule}

${backends.join('\n')}`;
}

function backend(service: string, side: Side, applications: StartedApplications): string {
  const servers = applications
    .filter((one) => one.service === service && one.side === side)
    .map(({ server, port }) => `    server ${server} 127.0.0.1:${port} check\n`);
  return `backend ${backendOf(service, side)}
    option httpchk GET /health
    default-server inter 500ms fastinter 200ms rise 2 fall 2
${servers.join('')}`;
}
