import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MapScanner } from '../../../src/haproxy/replies/map-scanner.ts';

const info = 'Name: HAProxy\nVersion: 2.6.12\nPid: 7\nStart_time_sec: 9\nStopping: 0\n\n';
const search = { keys: ['active', 'active.zone'], values: ['backend_blue', 'backend_green'] };

function scan(reply: string | Buffer, sizes: readonly number[] = [64 * 1024]) {
  const bytes = typeof reply === 'string' ? Buffer.from(reply) : reply;
  const scanner = new MapScanner(search);
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    scanner.push(bytes.subarray(at, at + size));
    at += size;
  }
  return scanner.end();
}

const map = `${info}0x1 active backend_blue
0x2 api backend_green
0x3 active two words
0x4 activex backend_blue
0x5 active.zone on
0x6 web backend_blue2
0x7 api backend_blue
0x8 badline
active backend_green
0x9 bare \n
0xa ü ö\n
`;

test('every entry of the asked keys, other users of the sides, and nothing of broken lines', () => {
  const found = scan(map);

  expect(found).toEqual({
    info: { worker: { pid: 7, startedAt: 9 }, version: '2.6.12', stopping: false },
    own: new Map([
      ['active', ['backend_blue', 'two words']],
      ['active.zone', ['on']],
    ]),
    others: ['api', 'activex'],
    moreOthers: false,
  });
});

test('where the bytes are cut makes no difference', () => {
  const whole = scan(map);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      expect(scan(map, sizes)).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

test('an empty map, a refusal, and what is no HAProxy', () => {
  expect(scan(`${info}\n`)).toMatchObject({
    own: new Map([
      ['active', []],
      ['active.zone', []],
    ]),
  });
  expect(scan(`${info}Permission denied\n\n`)).toBe(
    'HAProxy answered `show map` with "Permission denied"',
  );
  expect(scan('HTTP/1.1 400 Bad Request\r\n\r\n')).toBe('not as HAProxy answers `show info`');
  expect(scan('')).toBe('not as HAProxy answers `show info`');
});

test('of a million users of a side the first are named', () => {
  const entries = Array.from({ length: 1000 }, (_, i) => `0x${i} host-${i} backend_blue\n`);

  expect(scan(`${info}${entries.join('')}\n`)).toMatchObject({
    others: Array.from({ length: 20 }, (_, i) => `host-${i}`),
    moreOthers: true,
  });
});
