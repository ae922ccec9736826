import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig, parseConfig } from '../../src/config/load-config.ts';
import { sideTarget } from '../../src/config/route-target.ts';
import { optionsOf } from '../../src/haproxy/config-file/options-of.ts';
import { findTrafficLine } from '../../src/haproxy/config-file/traffic-line.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import { lineName } from '../../src/haproxy/routes/config/config-node.ts';
import type { ConfigTarget } from '../../src/haproxy/routes/config/config-target.ts';
import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import type { OneBackendTarget } from '../../src/haproxy/routes/sessions/one-backend/one-backend-target.ts';
import { hasSides } from '../../src/release/target.ts';

const root = join(import.meta.dirname, '../..');
const overMaps = [
  'unix-socket',
  'tcp-hosts-map',
  'hosts-and-colours',
  'deploy-cycle',
  'sessions-zone-cookie',
] as const;
const byReload = ['config-reload'] as const;
const inTurn = ['servers'] as const;
const oneBackend = ['sessions-servers', 'sessions-health'] as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (example: string, file: string) =>
  readFileSync(join(root, 'examples', example, file), 'utf8');

function configOf(example: string): Config {
  const loaded = loadConfig(join(root, 'examples', example, 'pointsman.yaml'), routeSettings);
  if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

/** The example as it would stand on its machine, with a folder of the test in place of the system's. */
function installed(example: string): string {
  const there = join(folder, example);
  cpSync(join(root, 'examples', example), there, { recursive: true });
  const cfg = textOf(example, 'haproxy.cfg')
    .replaceAll(/\/(etc|run|var\/lib)\/haproxy/g, there)
    .replaceAll(/^ {4}(user|group) .*\n/gm, '');
  writeFileSync(join(there, 'haproxy.cfg'), cfg);
  writeFileSync(join(there, 'server-state'), '1\n');
  return join(there, 'haproxy.cfg');
}

test('the page that connects an HAProxy says the same as the example that it names', () => {
  const page = readFileSync(join(root, 'docs/connect-haproxy.md'), 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1]?.replaceAll(/^ {3}/gm, '') ?? '';
  const loaded = parseConfig(yaml, routeSettings, '/');
  if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));
  const example = configOf('unix-socket');

  expect(loaded.config.services.get('checkout')).toMatchObject({
    target: example.services.get('checkout')?.target,
    smoke: example.services.get('checkout')?.smoke,
  });
  expect(loaded.config.fleets).toEqual(example.fleets);
  expect(loaded.config.roles).toEqual(example.roles);
  const { blue, green } = { blue: 'backend_blue', green: 'backend_green' };
  const config = textOf('unix-socket', 'haproxy.cfg');
  for (const line of [`backend ${blue}`, `backend ${green}`, 'option httpchk GET /healthz']) {
    expect([page.includes(line), config.includes(line)]).toEqual([true, true]);
  }
});

describe.each([...overMaps, ...byReload, ...oneBackend, ...inTurn])('the example %s', (example) => {
  test('is a haproxy.cfg that HAProxy takes without a warning', () => {
    const checked = spawnSync('haproxy', ['-c', '-f', installed(example)], { encoding: 'utf8' });

    expect([checked.status, checked.stderr.match(/\[(WARNING|ALERT)\].*/g)]).toEqual([0, null]);
  });

  test('has a README that names each of its files', () => {
    const files = execFileSync('ls', [join(root, 'examples', example)], { encoding: 'utf8' });

    const readme = textOf(example, 'README.md');

    for (const file of files.trim().split('\n')) {
      if (file !== 'README.md') expect(readme).toContain(`\`${file}`);
    }
  });
});

test.each(overMaps)(
  'the configuration of %s speaks of the same sockets, maps, keys and backends',
  (example) => {
    const cfg = textOf(example, 'haproxy.cfg');
    const config = configOf(example);
    const missing: string[] = [];
    const must = (part: string, text: string) => {
      if (!text.includes(part)) missing.push(part);
    };

    for (const service of config.services.values()) {
      const target = sideTarget(service) as MapTarget;
      const backends = Object.values(target.backends).flat();
      for (const backend of backends) must(`\nbackend ${backend}\n`, cfg);
      for (const node of target.nodes) {
        const address = node.runtime.replace('unix://', '').replace('tcp://', 'ipv4@');
        must(`stats socket ${address} `, cfg);
        must(`map(${node.mapId}`, cfg);
        must(`bind :${new URL(node.frontend).port || 80}\n`, cfg);
        expect(node.mapFile).toBe(`file://${node.mapId}`);
        const map = textOf(example, `maps/${node.mapId.split('/').at(-1)}`);
        for (const key of target.keys) must(`${key} `, map);
      }
    }

    expect(missing).toEqual([]);
  },
);

test.each(byReload)(
  'the configuration of %s speaks of the same line, sockets and backends',
  (example) => {
    const cfg = textOf(example, 'haproxy.cfg');
    const readme = textOf(example, 'README.md');

    for (const service of configOf(example).services.values()) {
      const target = sideTarget(service) as ConfigTarget;
      const [node, ...others] = target.nodes;
      expect(findTrafficLine(cfg, lineName(target))).toMatchObject({ backend: target.sides.blue });
      expect(cfg).toContain(`\nbackend ${target.sides.green}\n`);
      expect(cfg).toContain(`stats socket ${node?.runtime.replace('unix://', '')} `);
      expect(cfg).toContain(`bind :${new URL(node?.frontend ?? '').port || 80}\n`);
      expect(readme).toContain(`-S ${node?.master.replace('unix://', '')}`);
      expect(readme).toContain(`\`${node?.configFile.replace('file://', '')}\``);
      expect(others).toEqual([]);
    }
  },
);

test.each(oneBackend)(
  'the configuration of %s speaks of the same sockets, backend and servers',
  (example) => {
    const cfg = textOf(example, 'haproxy.cfg');
    const missing: string[] = [];
    const must = (part: string) => {
      if (!cfg.includes(part)) missing.push(part);
    };

    for (const service of configOf(example).services.values()) {
      const target = sideTarget(service) as OneBackendTarget;
      must(`\nbackend ${target.backend}\n`);
      for (const server of [...target.servers.blue, ...target.servers.green]) {
        must(`\n    server ${server} `);
        must(` cookie ${server}`);
      }
      for (const node of target.nodes) {
        must(`stats socket ${node.runtime.replace('unix://', '')} `);
        must(`bind :${new URL(node.frontend).port || 80}\n`);
      }
    }

    expect(missing).toEqual([]);
  },
);

test.each(inTurn)('the configuration of %s speaks of the same socket and backend', (example) => {
  const cfg = textOf(example, 'haproxy.cfg');

  for (const { target } of configOf(example).services.values()) {
    if (hasSides(target)) throw new Error(`${example} has sides`);
    expect(cfg).toContain(`\nbackend ${target.backend}\n`);
    for (const node of target.nodes) {
      expect(cfg).toContain(`stats socket ${node.runtime.replace('unix://', '')} `);
      expect(cfg).toContain(`bind :${new URL(node.frontend).port || 80}\n`);
    }
  }
});

test('the backend of sessions-health keeps its sessions', () => {
  const cfg = textOf('sessions-health', 'haproxy.cfg');

  expect(optionsOf(cfg, 'app')).toMatchObject({ kind: 'known', disableOn404: true });
});
