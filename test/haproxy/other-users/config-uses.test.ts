import { expect, test } from 'vitest';
import { configUses } from '../../../src/haproxy/other-users/config-uses.ts';
import { MapUserSearch, pointersTo } from '../../../src/haproxy/other-users/map-users.ts';

const map = '/m/bg.map';
const own = { map, keys: ['active'] };
const linesOf = (text: string) =>
  configUses(`frontend www\n${text}\n`, own).lines.map(
    ({ backend, place }) => `${place} ${backend}`,
  );

test.each<[string, string, readonly string[]]>([
  [
    'the net behind a key that is always there is never reached',
    `use_backend %[str(active),map(${map},backend_blue)]\ndefault_backend backend_blue`,
    [],
  ],
  [
    'the default of the map is taken by every host that is not in it',
    `use_backend %[req.hdr(host),lower,map(${map},backend_blue)]\ndefault_backend other`,
    ['frontend www, line 2, for keys that are not in the map, backend_blue'],
  ],
  [
    'without a default the net takes them',
    `use_backend %[req.hdr(host),lower,map_dom(${map})]\ndefault_backend backend_blue`,
    ['frontend www, line 3, backend_blue'],
  ],
  [
    'a condition does not always decide',
    `use_backend %[str(active),map(${map})] if is_shop\ndefault_backend backend_blue`,
    ['frontend www, line 3, backend_blue'],
  ],
  [
    'the default is a part of the name',
    `use_backend web_%[str(other),map(${map},blue)]`,
    ['frontend www, line 2, for keys that are not in the map, web_blue'],
  ],
  [
    'the same key of another map is another key',
    `use_backend %[str(active),map(/m/other.map,backend_blue)]`,
    ['frontend www, line 2, for keys that are not in the map, backend_blue'],
  ],
  [
    'a line of its own',
    'use_backend backend_green if is_api\n# use_backend x\ndefault_backend backend_web',
    ['frontend www, line 2, backend_green', 'frontend www, line 4, backend_web'],
  ],
  ['what is not known is not told', 'use_backend %[var(txn.dst)]', []],
])('%s', (_, text, lines) => {
  expect(linesOf(text)).toEqual(lines);
});

test('a listen section sends traffic, a backend does not', () => {
  const text = 'listen api\ndefault_backend b\nbackend x\nuse_backend b\n';

  expect(configUses(text, undefined).lines.map(({ place }) => place)).toEqual([
    'listen api, line 2,',
  ]);
});

const info = 'Name: HAProxy\nVersion: 2.6.12\nPid: 7\nStart_time_sec: 9\nStopping: 0\n\n';
const list = [
  'active backend_blue',
  'api backend_blue',
  'shop backend_blue2',
  'long backend_blue more',
  'cart blue',
].map((line) => `0x55cd5a60bed0 ${line}\n`);

test.each<[string, Parameters<typeof pointersTo>[1], readonly string[]]>([
  ['values are backends', [{ map, prefix: '', suffix: '' }], ['api backend_blue']],
  [
    'a word with the rest of the name',
    [{ map, prefix: 'backend_', suffix: '' }],
    ['cart backend_blue'],
  ],
  ['only under one key', [{ map, prefix: 'backend_', suffix: '', key: 'else' }], []],
  ['a rest that the backend does not have', [{ map, prefix: 'web_', suffix: '' }], []],
])('users of a map: %s', (_, uses, users) => {
  const pointers = pointersTo(['backend_blue'], uses).map((one) => ({
    ...one,
    side: 'blue' as const,
  }));
  const search = new MapUserSearch(pointers, ['active']);
  search.push(Buffer.from(`${info}${list.join('')}`));
  search.push(Buffer.from('\n'));

  expect(search.end()).toEqual(
    users.map((user) => ({ side: 'blue', key: user.split(' ')[0], backend: 'backend_blue' })),
  );
});
