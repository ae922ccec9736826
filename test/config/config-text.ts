import { parse, stringify } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';

/** The smallest file that loads: everything else has a default. */
export const smallest = `
slack: { channel: C0RELEASES }
roles: { releaser: [S0RELEASERS], approver: [U0ANN] }
fleets:
  edge:
    nodes:
      - name: lb-1
        runtime: unix:///run/haproxy/admin.sock
        frontend: http://127.0.0.1:8080
        map_file: file:///etc/haproxy/maps/bluegreen.map
services:
  checkout:
    fleet: edge
    route: { kind: map, map: /etc/haproxy/maps/bluegreen.map, key: active }
    sides: { blue: backend_blue, green: backend_green }
`;

// biome-ignore lint/suspicious/noExplicitAny: a test bends the file into every wrong shape.
export type LooseFile = any;

/** The smallest file with one thing changed. */
export function changed(change: (file: LooseFile) => void): string {
  const file: LooseFile = parse(smallest);
  change(file);
  return stringify(file);
}

/** The problems of a changed file; fails where it loads. */
export function problemsOf(change: (file: LooseFile) => void): readonly string[] {
  const loaded = parseConfig(changed(change), routeSettings, '/etc/pointsman');
  if (loaded.kind === 'config') throw new Error('This file was expected to be refused.');
  return loaded.problems;
}

/** The configuration of a changed file; fails where it is refused. */
export function configOf(change: (file: LooseFile) => void = () => undefined): Config {
  const loaded = parseConfig(changed(change), routeSettings, '/etc/pointsman');
  if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}
