import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valuesOf, withLine, withValue } from '../../../src/haproxy/map-file/map-text.ts';

const text = [
  '# which side has the traffic: active backend_blue',
  '',
  '  active \t backend_blue  ',
  'www.example.com backend_web',
  'note  two words here',
  'bare',
  'active2 backend_blue',
].join('\r\n');

test('a key has the values of its own lines, as HAProxy loads them', () => {
  expect(valuesOf(text, 'active')).toEqual(['backend_blue']);
  expect(valuesOf(text, 'note')).toEqual(['two words here']);
  expect(valuesOf(text, 'bare')).toEqual(['']);
  expect(valuesOf(text, 'absent')).toEqual([]);
  expect(valuesOf('a x\na y\n', 'a')).toEqual(['x', 'y']);
  expect(valuesOf('  # x\n#a x\n', '#')).toEqual(['x']);
});

test('another value changes its own bytes and no others', () => {
  expect(withValue(text, 'active', 'backend_green')).toBe(
    text.replace('active \t backend_blue  ', 'active \t backend_green  '),
  );
  expect(withValue(text, 'bare', 'x')).toBe(text.replace('\r\nbare\r\n', '\r\nbare x\r\n'));
  expect(withValue('active blue', 'active', 'green')).toBe('active green');
});

test('a further line keeps the line ends of the file', () => {
  expect(withLine('', 'a', 'x')).toBe('a x\n');
  expect(withLine('b y\n', 'a', 'x')).toBe('b y\na x\n');
  expect(withLine('b y', 'a', 'x')).toBe('b y\na x\n');
  expect(withLine('b y\r\n', 'a', 'x')).toBe('b y\r\na x\r\n');
});

test('whatever stands around the line stays, byte for byte', () => {
  const around = fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => Buffer.from(bytes).toString('latin1'))
    .filter((bytes) => valuesOf(bytes, 'active').length === 0);
  fc.assert(
    fc.property(around, around, (before, after) => {
      const whole = (value: string) => `${before}\nactive ${value}\n${after}`;

      expect(withValue(whole('backend_blue'), 'active', 'backend_green')).toBe(
        whole('backend_green'),
      );
      expect(valuesOf(whole('backend_blue'), 'active')).toEqual(['backend_blue']);
    }),
    { numRuns: 2000 },
  );
});
