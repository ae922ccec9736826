import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import { twoBackends } from '../support/two-backends.ts';
import { configOf, type LooseFile, problemsOf, smallest } from './config-text.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a file that is right', () => {
  test('gets every default of the documentation', () => {
    const config = configOf();

    expect({
      ...config,
      fleets: Object.fromEntries(config.fleets),
      services: Object.fromEntries(config.services),
    }).toEqual({
      database: '/etc/pointsman/pointsman.db',
      slack: {
        channel: 'C0RELEASES',
        commands: {
          release: ['/release'],
          rollback: ['/rollback'],
          status: ['/status', '/release-status'],
        },
      },
      roles: { viewer: ['*'], releaser: ['S0RELEASERS'], approver: ['U0ANN'], operator: [] },
      people: new Map(),
      fleets: {
        edge: {
          name: 'edge',
          nodes: [
            {
              name: 'lb-1',
              runtime: 'unix:///run/haproxy/admin.sock',
              frontend: 'http://127.0.0.1:8080',
              maps: new Map([
                [
                  '/etc/haproxy/maps/bluegreen.map',
                  {
                    id: '/etc/haproxy/maps/bluegreen.map',
                    file: 'file:///etc/haproxy/maps/bluegreen.map',
                  },
                ],
              ]),
            },
          ],
        },
      },
      services: {
        checkout: {
          name: 'checkout',
          fleet: 'edge',
          route: { kind: 'map', map: '/etc/haproxy/maps/bluegreen.map', key: 'active' },
          target: {
            kind: 'map',
            keys: ['active'],
            ...twoBackends,
            nodes: [
              {
                node: 'lb-1',
                runtime: 'unix:///run/haproxy/admin.sock',
                frontend: 'http://127.0.0.1:8080',
                mapId: '/etc/haproxy/maps/bluegreen.map',
                mapFile: 'file:///etc/haproxy/maps/bluegreen.map',
              },
            ],
          },
          approval: { approvers: 1, selfApproval: false, expiresMs: 900_000 },
          gates: { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 60_000 },
          smoke: [],
          bake: { forMs: 300_000, errorRate: 0.01, latency: 2, minimumRequests: 100 },
          accept: 'manual',
          acceptance: { remindMs: 3_600_000, expiresMs: null },
          drain: { timeoutMs: 600_000, then: 'wait' },
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
      drift: { everyMs: 10_000 },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('may say everything itself', () => {
    const config = configOf((file) => {
      file.database = 'data/journal.db';
      file.slack.commands = { release: '/ship', rollback: ['/undo', '/back'], status: '/where' };
      file.drift = { every: '1m30s' };
      Object.assign(file.services.checkout, {
        channel: 'C0CHECKOUT',
        approval: { approvers: 0, self_approval: true, expires: '2h' },
        gates: { healthy_readings: 3, minimum_healthy: 2, timeout: '500ms' },
        smoke: [
          {
            name: 'version',
            path: '/release',
            headers: { Host: 'www.example.com' },
            expect: {
              status: 204,
              body_contains: 'version={side}',
              header: { name: 'x-side', value: '{side}' },
            },
          },
        ],
        bake: { for: '0s', error_rate: '0.5%', latency: '1.5x', minimum_requests: 7 },
        accept: 'auto',
        acceptance: { remind: '5m', expires: '1d' },
        drain: { timeout: '1s', then: 'shutdown' },
      });
    });

    const { digest, ...service } = config.services.get('checkout') ?? { digest: '' };
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(service).toEqual({
      name: 'checkout',
      fleet: 'edge',
      channel: 'C0CHECKOUT',
      route: { kind: 'map', map: '/etc/haproxy/maps/bluegreen.map', key: 'active' },
      target: expect.objectContaining({
        kind: 'map',
        sides: { blue: 'backend_blue', green: 'backend_green' },
      }),
      approval: { approvers: 0, selfApproval: true, expiresMs: 7_200_000 },
      gates: { healthyReadings: 3, minimumHealthy: 2, timeoutMs: 500 },
      smoke: [
        {
          name: 'version',
          path: '/release',
          headers: { Host: 'www.example.com' },
          expect: {
            status: 204,
            bodyContains: 'version={side}',
            header: { name: 'x-side', value: '{side}' },
          },
        },
      ],
      bake: { forMs: 0, errorRate: 0.005, latency: 1.5, minimumRequests: 7 },
      accept: 'auto',
      acceptance: { remindMs: 300_000, expiresMs: 86_400_000 },
      drain: { timeoutMs: 1000, then: 'shutdown' },
    });
    expect(config.database).toBe('/etc/pointsman/data/journal.db');
    expect(config.slack.commands.rollback).toEqual(['/undo', '/back']);
    expect(config.drift.everyMs).toBe(90_000);
  });

  test('takes relative paths from its own folder', () => {
    const path = written('pointsman.yaml', smallest);

    const loaded = loadConfig(path, routeSettings);

    expect(loaded).toMatchObject({
      kind: 'config',
      config: { database: join(folder, 'pointsman.db') },
    });
  });

  test('cannot be changed any more, not even in its maps', () => {
    const config: LooseFile = configOf();

    expect(() => config.roles.viewer.push('U0EVE')).toThrow(TypeError);
    expect(() => config.services.set('evil', {})).toThrow(TypeError);
    expect(() => {
      config.services.get('checkout').approval.approvers = 0;
    }).toThrow(TypeError);
  });

  test('has another service digest when its fleet changes, and the same when another service does', () => {
    const digestOf = (change: (file: LooseFile) => void) =>
      configOf(change).services.get('checkout')?.digest;

    const before = digestOf(() => undefined);

    expect(
      digestOf((file) => (file.fleets.edge.nodes[0].frontend = 'http://127.0.0.1:81')),
    ).not.toBe(before);
    expect(
      digestOf(
        (file) =>
          (file.services.cart = {
            ...file.services.checkout,
            route: { kind: 'map', map: '/etc/haproxy/maps/bluegreen.map', key: 'cart' },
          }),
      ),
    ).toBe(before);
  });
});

describe('the route target of a service', () => {
  test('names every node with the map as that node knows it', () => {
    const config = configOf((file) => {
      const map = '/etc/haproxy/maps/bluegreen.map';
      file.fleets.edge.nodes = ['lb-1', 'lb-2'].map((name, i) => ({
        name,
        runtime: `tcp://127.0.0.1:${9000 + i}`,
        frontend: `http://127.0.0.1:${8000 + i}`,
        maps: { [map]: { id: `/run/${name}/bg.map`, file: `file:///run/${name}/bg.map` } },
      }));
    });

    const target = config.services.get('checkout')?.target;

    expect(target).toEqual({
      kind: 'map',
      keys: ['active'],
      ...twoBackends,
      nodes: [
        {
          node: 'lb-1',
          runtime: 'tcp://127.0.0.1:9000',
          frontend: 'http://127.0.0.1:8000',
          mapId: '/run/lb-1/bg.map',
          mapFile: 'file:///run/lb-1/bg.map',
        },
        {
          node: 'lb-2',
          runtime: 'tcp://127.0.0.1:9001',
          frontend: 'http://127.0.0.1:8001',
          mapId: '/run/lb-2/bg.map',
          mapFile: 'file:///run/lb-2/bg.map',
        },
      ],
    });
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['is missing', () => join(folder, 'nope.yaml'), 'does not exist; name the file with --config'],
    ['is a folder', () => folder, 'is a folder; name the YAML file in it'],
    ['is binary', () => written('b', Buffer.from([0x7f, 0, 1])), 'is a binary file, not YAML text'],
    ['is Latin-1', () => written('l', Buffer.from([0x61, 0xe4])), 'is not UTF-8 text'],
    ['is a device', () => '/dev/null', 'is not a regular file'],
    [
      'has 10 MB',
      () => written('big', Buffer.alloc(10 * 1024 * 1024, 'a')),
      'has 10485760 bytes; a configuration has at most 1048576',
    ],
  ])('because it %s gets one sentence', (_, path, sentence) => {
    expect(loadConfig(path(), routeSettings)).toEqual({
      kind: 'broken',
      problems: [`${path()} ${sentence}`],
    });
  });

  test.each([
    ['colour: mauve\n', 'line 16: colour: '],
    ['people: { ann: "@ann" }\n', 'line 16: people'],
    ['x: [\n', 'line 17, column 1: '],
    ['x: @ann\n', 'line 16, column 4: a value cannot begin with this character'],
  ])('because of %j names the file and the line', (more, place) => {
    const loaded = loadConfig(written('slip.yaml', `${smallest}${more}`), routeSettings);

    expect(loaded).toMatchObject({
      kind: 'broken',
      problems: [expect.stringMatching(new RegExp(`^slip\\.yaml, ${place}`))],
    });
  });

  test('because of what is missing names the line of what it is missing in', () => {
    const path = written('short.yaml', smallest.replace(/\n\s+frontend:.*/, ''));

    expect(loadConfig(path, routeSettings)).toMatchObject({
      problems: [
        expect.stringMatching(/^short\.yaml, line 7: fleets\.edge\.nodes\[0\]\.frontend: expected/),
      ],
    });
  });

  test.skipIf(process.getuid?.() === 0)('because of its mode gets one sentence', () => {
    const path = written('closed', smallest);
    chmodSync(path, 0);

    expect(loadConfig(path, routeSettings)).toEqual({
      kind: 'broken',
      problems: [`${path} may not be read by this user; check its owner and mode`],
    });
  });

  test.each([
    ['', 'the file is empty; docs/configuration.md has an example'],
    [' \n\n', 'the file is empty; docs/configuration.md has an example'],
    ['a: 1\na: 2\n', 'line 2, column 1: this key stands twice in one mapping; keep one of them'],
    ['a: !secret x\n', 'line 1, column 4: tags (!name) are not allowed; write plain values'],
    ['a: 1\n---\nb: 2\n', 'line 2, column 1: a second document begins here (---); keep one'],
    ['? [a]\n: 1\n', 'line 1, column 1: a key must be a plain word'],
    ['__proto__: { x: 1 }\n', 'line 1, column 1: a key must be a plain word'],
    [`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'the file is nested too deeply'],
    ['slack: &a { channel: *a }\n', 'an alias stands inside its own anchor; write the value out'],
    [
      `a: &a [x,x]\n${'bcdefghi'
        .split('')
        .map((c, i, all) => `${c}: &${c} [${`*${all[i - 1] ?? 'a'},`.repeat(9)}]`)
        .join('\n')}`,
      'the file uses more than 100 aliases, or one that has no anchor',
    ],
  ])('because it is no plain YAML is told where: %#', (text, sentence) => {
    expect(parseConfig(text, routeSettings, '/')).toEqual({ kind: 'broken', problems: [sentence] });
  });
});

describe('a secret in the file', () => {
  const secrets = ['xoxb-12-34-abcdef', 'xapp-1-A0-99-feed', '8f742231b10e8888abcd99yyyzzz85a5'];

  test.each([
    ['an unknown key', (file: LooseFile, secret: string) => (file.slack.token = secret)],
    ['the channel', (file: LooseFile, secret: string) => (file.slack.channel = secret)],
    [
      'a frontend',
      (file: LooseFile, secret: string) =>
        (file.fleets.edge.nodes[0].frontend = `http://ann:${secret}@lb-1`),
    ],
    [
      'a runtime',
      (file: LooseFile, secret: string) =>
        (file.fleets.edge.nodes[0].runtime = `ssh://ann:${secret}@lb-1/x`),
    ],
    [
      'a header',
      (file: LooseFile, secret: string) =>
        (file.services.checkout.smoke = [
          { name: 'v', path: '/', headers: { authorization: `Bearer ${secret}` } },
        ]),
    ],
  ])('in %s is refused and not repeated', (_, put) => {
    for (const secret of secrets) {
      const problems = problemsOf((file) => put(file, secret));

      expect(problems.join('\n')).not.toContain(secret);
    }
  });

  test('is refused even where any text is allowed', () => {
    const problems = problemsOf((file) => {
      file.services.checkout.route.key = 'xoxb-12-34-abcdef';
    });

    expect(problems).toEqual([
      'services.checkout.route.key: expected no token of Slack, found "(hidden, it may be a secret)"; secrets belong in the environment',
    ]);
  });

  test('is not repeated where it stands as a key', () => {
    const problems = problemsOf((file) => {
      file.slack['xoxb-12-34-abcdef'] = true;
    });

    expect(problems.join()).toContain('slack.(hidden');
    expect(problems.join()).not.toContain('abcdef');
  });

  test('a password in an address is not repeated', () => {
    const problems = problemsOf((file) => {
      file.fleets.edge.nodes[0].frontend = 'http://ann:hunter2@lb-1';
    });

    expect(problems.join()).not.toContain('hunter2');
  });

  test('in broken YAML is not repeated', () => {
    const text = 'slack: {token: "xoxb-12-34-abcdef\n  x: *xoxb-12-34-abcdef';

    const loaded = parseConfig(text, routeSettings, '/');

    expect(loaded.kind).toBe('broken');
    expect(JSON.stringify(loaded)).not.toContain('abcdef');
  });
});
