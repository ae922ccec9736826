import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import { type LooseFile, smallest } from './config-text.ts';

const whole: LooseFile = parse(smallest);
whole.database = './p.db';
whole.slack.commands = { release: '/release', rollback: ['/rollback'], status: ['/status'] };
whole.drift = { every: '10s' };
Object.assign(whole.services.checkout, {
  approval: { approvers: 1, self_approval: false, expires: '15m' },
  gates: { healthy_readings: 2, minimum_healthy: 'all', timeout: '60s' },
  smoke: [{ name: 'v', path: '/', headers: { Host: 'x' }, expect: { status: 200 } }],
  bake: { for: '5m', error_rate: '1%', latency: '2x', minimum_requests: 100 },
  acceptance: { remind: '1h', expires: 'never' },
  drain: { timeout: '10m', then: 'wait' },
});

const runs = 5000;

/** Every place in the file that a mutation can hit. */
function places(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    places(part, [...at, Array.isArray(value) ? Number(key) : key]),
  );
  return at.length === 0 ? inner : [at, ...inner];
}

function replaced(path: readonly (string | number)[], value: unknown, drop: boolean): LooseFile {
  const file = structuredClone(whole);
  let here = file;
  for (const part of path.slice(0, -1)) here = here[part];
  const last = path.at(-1) ?? '';
  if (drop) delete here[last];
  else here[last] = value;
  return file;
}

const secret = 'xoxb-999-planted';
const junk = fc.oneof(
  fc.anything({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom(
    secret,
    `http://ann:${secret}@x`,
    '; shutdown',
    'a\nset weight b/s 0',
    '__proto__',
    '1e999',
    -1,
    Number.NaN,
    '0'.repeat(5000),
    '../../etc/passwd',
    '',
    'constructor',
  ),
);

test(`${runs} files with one place replaced or dropped: loaded, or refused with sentences that name a place`, () => {
  let refused = 0;

  fc.assert(
    fc.property(fc.constantFrom(...places(whole)), junk, fc.boolean(), (path, value, drop) => {
      let text: string;
      try {
        text = stringify(replaced(path, value, drop));
      } catch {
        return; // The junk was nothing YAML can write (a symbol, a cycle).
      }
      const loaded = parseConfig(text, routeSettings, '/etc/pointsman');

      if (loaded.kind === 'config') return;
      refused += 1;
      expect(loaded.problems.length).toBeGreaterThan(0);
      for (const sentence of loaded.problems) {
        expect(sentence).toMatch(
          /^(line \d+, column \d+|the file|[a-z]+([.[]("([^"\\]|\\.)*"|[^":]+))*): |^the file |^and \d+ more/,
        );
        expect(sentence).not.toContain('planted');
        expect(sentence).not.toMatch(/\n|undefined|\[object/);
        expect(sentence.length).toBeLessThan(600);
      }
    }),
    { numRuns: runs },
  );

  expect(refused).toBeGreaterThan(runs / 2);
}, 180_000);

test(`${runs} texts cut, doubled or sprinkled with bytes never throw`, () => {
  const whole = stringify(parse(smallest));
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(40),
      fc.string({ unit: 'binary', maxLength: 12 }),
      (at, length, middle) => {
        const cut = whole.slice(0, at) + middle + whole.slice(at + length);

        const loaded = parseConfig(cut, routeSettings, '/');

        if (loaded.kind === 'broken') expect(loaded.problems.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: runs },
  );
});
