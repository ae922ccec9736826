import { expect, test } from 'vitest';
import type { MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { configOf, type LooseFile, problemsOf } from './config-text.ts';

const withSides = (sides: unknown) => (file: LooseFile) => {
  file.services.checkout.sides = sides;
};
const withKeys = (key: unknown) => (file: LooseFile) => {
  file.services.checkout.route.key = key;
};
const targetOf = (change: (file: LooseFile) => void) =>
  configOf(change).services.get('checkout')?.target as MapTarget;

test.each([
  [
    'a name is the word and the backend',
    { blue: 'backend_blue', green: 'backend_green' },
    {
      values: { blue: 'backend_blue', green: 'backend_green' },
      backends: { blue: ['backend_blue'], green: ['backend_green'] },
      sides: { blue: 'backend_blue', green: 'backend_green' },
    },
  ],
  [
    'a word beside the backend',
    { blue: { value: 'blue', backend: 'backend_blue' }, green: { backend: 'backend_green' } },
    {
      values: { blue: 'blue', green: 'backend_green' },
      backends: { blue: ['backend_blue'], green: ['backend_green'] },
      sides: { blue: 'backend_blue', green: 'backend_green' },
    },
  ],
  [
    'several backends',
    {
      blue: { value: 'blue', backends: ['web_blue', 'api_blue'] },
      green: { value: 'green', backends: ['web_green', 'api_green'] },
    },
    {
      values: { blue: 'blue', green: 'green' },
      backends: { blue: ['web_blue', 'api_blue'], green: ['web_green', 'api_green'] },
      sides: { blue: 'web_blue, api_blue', green: 'web_green, api_green' },
    },
  ],
])('%s', (_, sides, read) => {
  const target = targetOf(withSides(sides));

  expect({ values: target.values, backends: target.backends, sides: target.sides }).toEqual(read);
});

const blue = { value: 'blue', backend: 'backend_blue' };
const at = 'services.checkout.sides.green';

test.each<[unknown, string]>([
  [undefined, `${at}: expected a backend's name, of letters, digits and _ . : -, found nothing`],
  [
    7,
    `${at}: expected a backend's name, or a mapping { value: <the word in the map>, backend: <name> } or { value: <word>, backends: [<name>, ...] }, found 7`,
  ],
  [
    { value: 'green', backend: 'a b' },
    `${at}.backend: expected a backend's name, of letters, digits and _ . : -, found "a b"`,
  ],
  [
    { value: 'green', backends: ['web', 'a;b'] },
    `${at}.backends[1]: expected a backend's name, of letters, digits and _ . : -, found "a;b"`,
  ],
  [
    { value: 'green', backends: ['web', 'web'] },
    `${at}.backends[1]: expected each backend once, found "web"`,
  ],
  [
    { value: 'green', backends: [] },
    `${at}.backends: expected a list of 1 to 12 backends' names, found an empty list`,
  ],
  [
    { backends: ['web', 'api'] },
    `${at}.value: expected the word in the map, of letters, digits and _ . : -, found nothing; of several backends none is the word in the map`,
  ],
  [
    { value: 'two words', backend: 'web' },
    `${at}.value: expected the word in the map, of letters, digits and _ . : -, found "two words"`,
  ],
  [
    { value: 'green' },
    `${at}: expected either backend: <name> or backends: [<name>, ...], found a mapping`,
  ],
  [
    { value: 'green', backend: 'a', backends: ['b'] },
    `${at}: expected either backend: <name> or backends: [<name>, ...], found a mapping`,
  ],
  [
    { value: 'green', beckend: 'a' },
    `${at}.beckend: expected one of the keys value, backend, backends, found "a"; did you mean backend?`,
  ],
  [
    { value: 'blue', backend: 'backend_green' },
    `${at}: expected a word of its own, found a mapping; blue has it already; a switch would move nothing`,
  ],
  [
    { value: 'green', backends: ['backend_green', 'backend_blue'] },
    `${at}: expected backends of its own, found a mapping; backend_blue is blue's already`,
  ],
])('green: %j is refused', (green, sentence) => {
  expect(problemsOf(withSides({ blue, green }))).toEqual([sentence]);
});

test('a list of keys is one service', () => {
  expect(targetOf(withKeys(['www.example.com', 'example.com'])).keys).toEqual([
    'www.example.com',
    'example.com',
  ]);
});

const key = 'services.checkout.route.key';

test.each<[unknown, string]>([
  [[], `${key}: expected a map's key, or a list of keys, found an empty list`],
  [['a', 'a'], `${key}[1]: expected each key once, found "a"`],
  [
    ['a', 'b c'],
    `${key}[1]: expected the map's key, of printable ASCII characters, found "b c"; HAProxy ends a key at a blank`,
  ],
  [
    Array.from({ length: 200 }, (_, i) => `host-${i}.example.com`),
    `${key}: expected fewer keys, or shorter ones, found 200; all keys are set in one line of the Runtime API, and it has at most 8192 bytes`,
  ],
])('key: %j is refused', (keys, sentence) => {
  expect(problemsOf(withKeys(keys))).toEqual([sentence]);
});
