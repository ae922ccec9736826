import { expect, test } from 'vitest';
import { configOf, type LooseFile, problemsOf } from '../../../config/config-text.ts';

const withServers = (route: object) => (file: LooseFile) => {
  const { checkout } = file.services;
  checkout.route = { kind: 'servers', ...route };
  delete checkout.sides;
  delete file.fleets.edge.nodes[0].map_file;
};

test('the target has the backend, one server at a time, and the servers that are found later', () => {
  const { services } = configOf(withServers({ backend: 'app' }));

  expect(services.get('checkout')?.target).toEqual({
    kind: 'servers',
    backend: 'app',
    servers: [],
    batch: 1,
    nodes: [
      {
        node: 'lb-1',
        runtime: 'unix:///run/haproxy/admin.sock',
        frontend: 'http://127.0.0.1:8080',
      },
    ],
  });
});

test.each([
  [
    withServers({ backend: 'app', batch: 0 }),
    'services.checkout.route.batch: expected a whole number from 1 to 25, found 0',
  ],
  [
    withServers({}),
    "services.checkout.route.backend: expected a backend's name, of letters, digits and _ . : -, found nothing",
  ],
  [
    withServers({ backend: 'app;quit' }),
    'services.checkout.route.backend: expected a backend\'s name, of letters, digits and _ . : -, found "app;quit"',
  ],
] as const)('%#: what is wrong is named', (change, sentence) => {
  expect(problemsOf(change)).toEqual([sentence]);
});

test('sides are refused, and so is a second service over the same backend of the same node', () => {
  const withSides = (file: LooseFile) => {
    withServers({ backend: 'app' })(file);
    file.services.checkout.sides = { blue: 'b', green: 'g' };
  };
  const twice = (file: LooseFile) => {
    withServers({ backend: 'app' })(file);
    file.services.search = { ...file.services.checkout };
  };

  expect(problemsOf(withSides)).toEqual([expect.stringContaining('services.checkout.sides')]);
  expect(problemsOf(twice)).toEqual([
    'services.search.route.backend: expected a backend of its own, found "app"; services.checkout has the same backend on the same node; they would move each other',
  ]);
});

test('what is done to a side is refused where there is none, and a service with sides over the same backend, too', () => {
  const ofSides = (file: LooseFile) => {
    withServers({ backend: 'app' })(file);
    Object.assign(file.services.checkout, { bake: { for: '1m' }, accept: 'auto' });
  };
  const bySessions = (file: LooseFile) => {
    withServers({ backend: 'app' })(file);
    file.services.search = {
      ...file.services.checkout,
      route: { kind: 'sessions', by: 'servers', backend: 'app' },
      sides: { blue: ['b1'], green: ['g1'] },
    };
  };

  expect(problemsOf(ofSides)).toEqual([
    'services.checkout.bake: expected nothing here, found a mapping; this route has no sides; take this key out',
    'services.checkout.accept: expected nothing here, found "auto"; this route has no sides; take this key out',
  ]);
  expect(problemsOf(bySessions)).toEqual([
    'services.search.route.backend: expected a backend of its own, found "app"; services.checkout has the same backend on the same node; they would move each other',
  ]);
});
