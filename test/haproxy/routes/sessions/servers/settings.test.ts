import { expect, test } from 'vitest';
import type { LooseFile } from '../../../../config/config-text.ts';
import { configOf, problemsOf } from '../../../../config/config-text.ts';

const path = 'services.checkout';

function byServers(file: LooseFile, route: object = {}, sides: object = {}): void {
  delete file.fleets.edge.nodes[0].map_file;
  file.services.checkout.route = { kind: 'sessions', by: 'servers', backend: 'app', ...route };
  file.services.checkout.sides = { blue: ['b1', 'b2'], green: ['g1'], ...sides };
}

test('a service by servers comes to its target, with the defaults', () => {
  const config = configOf((file) => byServers(file));

  expect(config.services.get('checkout')?.target).toEqual({
    kind: 'sessions',
    by: 'servers',
    backend: 'app',
    servers: { blue: ['b1', 'b2'], green: ['g1'] },
    sides: { blue: 'b1, b2', green: 'g1' },
    traits: { disk: 'none', sessionsStayMs: 1_800_000 },
    nodes: [
      {
        node: 'lb-1',
        runtime: 'unix:///run/haproxy/admin.sock',
        frontend: 'http://127.0.0.1:8080',
      },
    ],
  });
});

test('how long users stay and how they ask for a side are settings', () => {
  const config = configOf((file) =>
    byServers(file, { idle: '5m', ask_for: 'https://example.com/?side={side}' }),
  );

  expect(config.services.get('checkout')?.target).toMatchObject({
    traits: { sessionsStayMs: 300_000, askFor: 'https://example.com/?side={side}' },
  });
});

test('what is wrong is said with its path', () => {
  const wrong = { backend: 'a b', idle: 'soon', ask_for: 'https://example.com', map: '/m' };

  expect(problemsOf((file) => byServers(file, wrong, { blue: [], green: 'g1' }))).toEqual([
    `${path}.route.backend: expected a backend's name, of letters, digits and _ . : -, found "a b"`,
    `${path}.route.idle: expected a duration such as 15m, found "soon"`,
    `${path}.route.ask_for: expected a link or words with {side}, such as https://www.example.com/?side={side}, found "https://example.com"`,
    `${path}.route.map: expected one of the keys kind, by, backend, idle, ask_for, found "map"`,
    `${path}.sides.blue: expected at least one server, found an empty list`,
    `${path}.sides.green: expected a list of servers' names, found "g1"`,
  ]);
});

test('a server is on one side, once', () => {
  expect(problemsOf((file) => byServers(file, {}, { green: ['g1', 'b2'] }))).toEqual([
    `${path}.sides: expected each server once, found a mapping; b2 stands there twice; a server is on one side`,
  ]);
});

test('two services do not set the servers of the same backend, whatever their kinds', () => {
  const problems = problemsOf((file) => {
    byServers(file);
    file.services.shop = { ...file.services.checkout, sides: { blue: ['b2'], green: ['g2'] } };
  });

  expect(problems).toEqual([
    'services.shop.route.backend: expected a backend of its own, found "app"; services.checkout has the same backend on the same node; they would move each other',
  ]);
});
