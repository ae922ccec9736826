import type { Application } from './application.ts';

/** What differs between the test's haproxy.cfg files. */
export interface ConfigParts {
  /** `unix:///path` or `tcp://host:port`. */
  readonly runtime: string;
  readonly port: number;
  readonly mapFile: string;
  readonly level: string;
  readonly checks: boolean;
  readonly applications: Readonly<Record<'blue' | 'green', readonly Application[]>>;
  readonly global: readonly string[];
  readonly serverOptions: readonly string[];
  readonly sections: readonly string[];
  /** What frontend `www` has beside its bind, `{map}` for the map's path; the map's lines. */
  readonly frontend?: string;
}

/** Over the map, with its net. */
function frontendOf({ frontend, mapFile }: ConfigParts): string {
  return (
    frontend?.replaceAll('{map}', mapFile) ??
    `use_backend %[str(active),map(${mapFile},backend_blue)]\n    default_backend backend_blue`
  );
}

/** A whole haproxy.cfg for blue-green, over a map unless it is said otherwise, as the guides show it. */
export function haproxyConfig(parts: ConfigParts): string {
  const address = parts.runtime.replace(/^unix:\/\//, '').replace(/^tcp:\/\//, 'ipv4@');
  return `global
    nbthread 2
    maxconn 2000
    stats socket ${address} ${address.startsWith('/') ? 'mode 600 ' : ''}level ${parts.level}
${parts.global.map((line) => `    ${line}\n`).join('')}
defaults
    mode http
    timeout connect 2s
    timeout check 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 10m

frontend www
    bind 127.0.0.1:${parts.port}
    ${frontendOf(parts)}

backend backend_blue
${backendLines(parts, 'blue')}
backend backend_green
${backendLines(parts, 'green')}
${parts.sections.map((text) => withAddresses(text, parts)).join('\n')}
`;
}

/** `{blue}` and `{green}` in a section stand for the address of the side's first application. */
function withAddresses(text: string, { applications }: ConfigParts): string {
  return text.replace(/\{(blue|green)\}/g, (_, side: 'blue' | 'green') => {
    return `127.0.0.1:${applications[side][0]?.port}`;
  });
}

function backendLines(parts: ConfigParts, side: 'blue' | 'green'): string {
  const check = parts.checks ? ['check inter 50ms fastinter 25ms rise 2 fall 2'] : [];
  const options = [...check, ...parts.serverOptions].join(' ');
  const servers = parts.applications[side].map(
    ({ name, port }) => `    server ${name} 127.0.0.1:${port} ${options}\n`,
  );
  return `    option httpchk GET /healthz\n${servers.join('')}`;
}
