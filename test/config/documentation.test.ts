import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import { problemsOf } from './config-text.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

test("the page's shortest file loads", () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

  expect(parseConfig(yaml, routeSettings, '/')).toMatchObject({ kind: 'config' });
});

/** One of every kind and way that is not the shortest file's. */
const otherRoutes = {
  config: { kind: 'config' },
  servers: { kind: 'servers' },
  stay: { kind: 'sessions', by: 'servers' },
  zone: { kind: 'sessions', by: 'zone_cookie' },
  health: { kind: 'sessions', by: 'health' },
};

test('the page names every key there is', () => {
  const nonsense = { nonsense: 1 };
  const problems = problemsOf((file) => {
    Object.assign(file, nonsense, { drift: nonsense });
    file.slack = { ...nonsense, channel: 'C0RELEASES', commands: nonsense };
    Object.assign(file.roles, nonsense);
    Object.assign(file.fleets.edge, nonsense);
    Object.assign(file.fleets.edge.nodes[0], nonsense, { maps: { '/m': nonsense } });
    const { checkout } = file.services;
    Object.assign(checkout.route, nonsense);
    for (const [name, route] of Object.entries(otherRoutes)) {
      file.services[name] = { ...checkout, route: { ...route, ...nonsense } };
    }
    Object.assign(checkout.sides, nonsense);
    const sections = ['approval', 'gates', 'bake', 'acceptance', 'drain', 'smoke_tls'];
    Object.assign(checkout, nonsense, Object.fromEntries(sections.map((key) => [key, nonsense])));
    checkout.hooks = { ...nonsense, deploy: nonsense };
    checkout.smoke = [{ ...nonsense, expect: { ...nonsense, header: nonsense } }];
  });
  const known = problems.flatMap(
    (sentence) => /one of the keys (.*?), found/.exec(sentence)?.[1]?.split(', ') ?? [],
  );

  const missing = known.filter((key) => !new RegExp(`[\`.{, ]${key}[.\`:, }]`).test(page));

  expect(known.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});
