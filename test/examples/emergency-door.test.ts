import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { configWarnings } from '../../src/config/config-warnings.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';

const root = join(import.meta.dirname, '../..');
const examples = readdirSync(join(root, 'examples'));
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];

/** Every place of a page where a configuration says who holds which role. */
const rolesIn = (page: string) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^ *roles: *\{.*$/gm)].map(([line]) => line);

test.each(examples)(
  'the example %s lets somebody of the host go back, and warns of nothing',
  (name) => {
    const loaded = loadConfig(join(root, 'examples', name, 'pointsman.yaml'), routeSettings);
    if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));

    expect(configWarnings(loaded.config)).toEqual([]);
  },
);

test('so does every configuration of the documentation', () => {
  const all = pages.filter((page) => page.endsWith('.md')).flatMap(rolesIn);

  expect(all.length).toBeGreaterThan(1);
  expect(all.filter((line) => !/(operator|releaser): \[[^\]]*"cli:root"/.test(line))).toEqual([]);
});

const { config } = (() => {
  const loaded = loadConfig(join(root, 'examples/unix-socket/pointsman.yaml'), routeSettings);
  if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));
  return loaded;
})();
const withRoles = (roles: Partial<Config['roles']>, people = {}): Config => ({
  ...config,
  roles: { viewer: ['*'], releaser: ['S0R'], approver: ['U0ANN'], operator: [], ...roles },
  people: new Map(Object.entries(people)),
});

test.each<[string, Config, RegExp | undefined]>([
  ['nobody', withRoles({}), /^Nobody of the command line may roll back checkout/],
  ['an approver alone', withRoles({ approver: ['cli:root'] }), /^Nobody of the command line/],
  ['an operator', withRoles({ operator: ['cli:root'] }), undefined],
  [
    'a person who is mapped and listed',
    withRoles({ operator: ['U0OLAF'] }, { 'cli:olaf': 'U0OLAF' }),
    undefined,
  ],
  [
    'a person who is mapped to a member of a group',
    withRoles({}, { 'cli:olaf': 'U0OLAF' }),
    /^Nobody of/,
  ],
  [
    'a releaser who is mapped',
    withRoles({ releaser: ['cli:rita'] }, { 'cli:rita': 'U0RITA' }),
    undefined,
  ],
  [
    'a releaser who is not',
    withRoles({ releaser: ['cli:rita'] }),
    /^cli:rita may ask for a release of checkout/,
  ],
  ['everybody', withRoles({ releaser: ['*'] }), /^Every user of the host/],
])('of the host may go back: %s', (_, given, warning) => {
  const warnings = configWarnings(given);

  expect(warnings).toHaveLength(warning === undefined ? 0 : 1);
  if (warning !== undefined) expect(warnings[0]).toMatch(warning);
});
