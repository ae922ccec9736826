import { expect, test } from 'vitest';
import { configOf, type LooseFile, problemsOf } from '../../../../config/config-text.ts';
import { twoBackends } from '../../../../support/two-backends.ts';

const map = '/etc/haproxy/maps/bluegreen.map';
const zone = (more: Readonly<Record<string, unknown>> = {}) => {
  return (file: LooseFile) => {
    const route = { kind: 'sessions', by: 'zone_cookie', map, key: 'active' };
    file.services.checkout.route = { ...route, ...more };
  };
};

test('a zone cookie over a map: two keys of it, and users who stay', () => {
  const config = configOf(zone({ cookie: 'ZONE', idle: '10m' }));

  expect(config.services.get('checkout')?.target).toEqual({
    kind: 'sessions',
    by: 'zone_cookie',
    keys: ['active'],
    zoneKey: 'active.zone',
    ...twoBackends,
    nodes: [
      {
        node: 'lb-1',
        runtime: 'unix:///run/haproxy/admin.sock',
        frontend: 'http://127.0.0.1:8080',
        mapId: map,
        mapFile: `file://${map}`,
      },
    ],
    traits: {
      disk: 'at_acceptance',
      sessionsStayMs: 600_000,
      askFor: 'the cookie ZONE={side}',
    },
  });
});

test('how a user asks for a side may be said in other words', () => {
  const config = configOf(zone({ ask_for: 'https://www.example.com/?zone={side}' }));

  expect(config.services.get('checkout')?.target).toMatchObject({
    traits: { sessionsStayMs: 1_800_000, askFor: 'https://www.example.com/?zone={side}' },
  });
});

test.each<[(file: LooseFile) => void, string]>([
  [
    zone({ backend: 'app' }),
    'services.checkout.route.backend: expected one of the keys kind, by, map, key, cookie, idle, ask_for, found "backend"',
  ],
  [
    zone({ ask_for: 'ask me' }),
    'services.checkout.route.ask_for: expected a link or words with {side}, such as https://www.example.com/?side={side}, found "ask me"',
  ],
  [
    (file) => {
      zone()(file);
      const route = { kind: 'map', map, key: 'active.zone' };
      file.services.cart = { ...file.services.checkout, route };
    },
    'services.cart.route.key: expected a key of its own, found "active.zone"; services.checkout has the same key of the same map; they would move each other',
  ],
  [
    (file) => {
      zone()(file);
      delete file.fleets.edge.nodes[0].map_file;
    },
    'fleets.edge.nodes[0].map_file: expected file:///path of the map on this node, or maps, found nothing',
  ],
])('what is wrong with it is named by its path: %#', (change, sentence) => {
  expect(problemsOf(change)).toEqual([sentence]);
});
