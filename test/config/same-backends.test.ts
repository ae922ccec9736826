import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { sameBackends } from '../../src/config/same-backends.ts';
import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { checkoutFor } from '../engine/bench.ts';
import { twoBackends } from '../support/two-backends.ts';

const { sides } = twoBackends;
const swapped = { blue: sides.green, green: sides.blue };

function target(key: string, more: Partial<MapTarget> = {}, runtime = 'unix:///lb-1'): MapTarget {
  const node = { node: nodeName('lb-1'), runtime, frontend: 'http://x', mapId: '/m', mapFile: '' };
  return { kind: 'map', keys: [key], ...twoBackends, nodes: [node], ...more };
}

function configOf(...targets: readonly MapTarget[]): Config {
  const [config] = targets.map((one) => checkoutFor(one));
  if (config === undefined) throw new Error('no target');
  const services = targets.map((one, i) => {
    const [service] = checkoutFor(one).services.values();
    return [`s${i}`, { ...service, name: `s${i}` }] as const;
  });
  return { ...config, services: new Map(services) } as Config;
}

test('two services between the same backends are told, with the list of keys that would be one service', () => {
  expect(sameBackends(configOf(target('example.com'), target('www.example.com')))).toEqual([
    's0 and s1 move between the same sides (backend_blue and backend_green): between their releases some users are on one side and some on the other, and neither side can be stopped while the other service uses it. Where they belong together, make them one service with both keys: `key: [example.com, www.example.com]`.',
  ]);
  expect(sameBackends(configOf(target('a'), target('b', { sides: swapped })))).toHaveLength(1);
});

test.each([
  ['other backends', target('b', { sides: { ...sides, blue: 'x' } as MapTarget['sides'] })],
  ['other nodes', target('b', {}, 'unix:///lb-9')],
])('but not services on %s', (_, other) => {
  expect(sameBackends(configOf(target('a'), other))).toEqual([]);
});
