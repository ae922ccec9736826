import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addMap,
  addToVersion,
  canBeSent,
  commitMap,
  getMap,
  inOneLine,
  longestLine,
  prepareMap,
  setMap,
  setServerState,
  showInfo,
  showMap,
  showServersConn,
  showServersState,
  showStat,
  shutdownSessionsServer,
} from '../../src/haproxy/command-line.ts';
import { UnsafeArgument } from '../../src/haproxy/errors.ts';

const map = '/etc/haproxy/maps/bluegreen.map';

test('every command as it goes over the wire', () => {
  expect([
    setMap(map, 'active', 'backend_green'),
    getMap(map, 'active'),
    getMap(map, '^/v[0-9]+/<<\\"#'),
    addMap(map, '/api/', 'backend_green'),
    showMap(map),
    prepareMap(map),
    addToVersion(map, 3, 'www.example.com/shop', 'backend_blue'),
    commitMap(map, 3),
    showStat('backend_blue'),
    showServersConn('backend_blue'),
    showServersState('backend_blue'),
    setServerState('backend_blue', 'b1', 'drain'),
    shutdownSessionsServer('backend_blue', 'b1'),
    inOneLine(setMap(map, 'active', 'backend_green'), showInfo()),
  ]).toEqual([
    'set map /etc/haproxy/maps/bluegreen.map active backend_green',
    'get map /etc/haproxy/maps/bluegreen.map active',
    'get map /etc/haproxy/maps/bluegreen.map \\^/v\\[0-9\\]\\+/\\<\\<\\\\\\"\\#',
    'add map /etc/haproxy/maps/bluegreen.map /api/ backend_green',
    'show map /etc/haproxy/maps/bluegreen.map',
    'prepare map /etc/haproxy/maps/bluegreen.map',
    'add map @3 /etc/haproxy/maps/bluegreen.map www.example.com/shop backend_blue',
    'commit map @3 /etc/haproxy/maps/bluegreen.map',
    'show stat backend_blue -1 -1',
    'show servers conn backend_blue',
    'show servers state backend_blue',
    'set server backend_blue/b1 state drain',
    'shutdown sessions server backend_blue/b1',
    'set map /etc/haproxy/maps/bluegreen.map active backend_green;show info',
  ]);
});

test.each([
  '',
  ' ',
  'a b',
  'a;b',
  'a\nb',
  'a\r',
  '#0x1',
  '<<',
  'a\\ b',
  'ä',
  '\u0000',
  'a/b',
  '@1',
  '"a"',
])('the word %j is refused as value, backend and server', (bad) => {
  const attempts = [
    () => setMap(map, 'x', bad),
    () => addMap(map, 'x', bad),
    () => showStat(bad),
    () => showServersConn(bad),
    () => showServersState(bad),
    () => setServerState(bad, 'b1', 'ready'),
    () => setServerState('be', bad, 'ready'),
    () => shutdownSessionsServer(bad, 'b1'),
    () => shutdownSessionsServer('be', bad),
  ];

  for (const attempt of attempts) expect(attempt).toThrow(UnsafeArgument);
});

test.each(['', '#1', '@1', '/a b', '/a;b', '/a\n', '/a<<'])('the map id %j is refused', (bad) => {
  for (const attempt of [
    () => setMap(bad, 'k', 'v'),
    () => getMap(bad, 'k'),
    () => showMap(bad),
    () => prepareMap(bad),
    () => addToVersion(bad, 1, 'k', 'v'),
    () => commitMap(bad, 1),
  ]) {
    expect(attempt).toThrow(UnsafeArgument);
  }
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'the map version %d is refused',
  (bad) => {
    expect(() => commitMap(map, bad)).toThrow(UnsafeArgument);
  },
);

test('a line longer than HAProxy can safely take is refused', () => {
  const half = 'v'.repeat(longestLine / 2);

  expect(() => inOneLine(setMap(map, 'k', half), setMap(map, 'k', half))).toThrow(/at most 8192/);
  expect(setMap(map, 'k', half)).toHaveLength(map.length + 8 + 3 + half.length);
});

test.each([
  ['host-1.example.com', 'backend_blue', true],
  ['^/v[0-9]+/', '<<;#\\"\'x', true],
  ['k'.repeat(1500), 'v', true],
  ['k'.repeat(1501), 'v', false],
  ['note', 'two words', false],
  ['bare', '', false],
  ['tab', 'v\tw', false],
  ['ctl\u0001', 'v', false],
  ['m\u00fcller', 'v', false],
  ['k', '\ufffd', false],
])('the entry %j with %j can be written anew exactly: %j', (key, value, can) => {
  expect(canBeSent(key, value)).toBe(can);
  if (can) expect(addToVersion(map, 1, key, value).length).toBeLessThan(longestLine);
  else expect(() => addToVersion(map, 1, key, value)).toThrow(UnsafeArgument);
});

test('whatever is put in, what comes out is one command of listed bytes', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('ok', 'b1;', '<<', 'x\ny'),
  );
  fc.assert(
    fc.property(anything, anything, anything, (id, key, value) => {
      for (const build of [
        () => setMap(id, key, value),
        () => addToVersion(id, 1, key, value),
        () => shutdownSessionsServer(key, value),
        () => showStat(value),
      ]) {
        try {
          expect(build()).toMatch(/^[a-z ]+(?:[A-Za-z0-9_./:@ -]|\\[!-~])+$/);
        } catch (error) {
          expect(error).toBeInstanceOf(UnsafeArgument);
        }
      }
    }),
    { numRuns: 3000 },
  );
});
