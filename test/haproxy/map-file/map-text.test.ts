import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as mapText from '../../../src/haproxy/map-file/map-text.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const valuesOf = (text: string, key: string) => mapText.valuesOf(bytes(text), key);
const withLine = (text: string, key: string, value: string) =>
  mapText.withLine(bytes(text), key, value).toString('latin1');
const withValue = async (text: string, key: string, value: string) =>
  (await mapText.withValue(bytes(text), key, value)).toString('latin1');

const text = [
  '# which side has the traffic: active backend_blue',
  '',
  '  active \t backend_blue  ',
  'www.example.com backend_web',
  'note  two words here',
  'bare',
  'active2 backend_blue',
].join('\r\n');

test('a key has the values of its own lines, as HAProxy loads them', async () => {
  expect(await valuesOf(text, 'active')).toEqual(['backend_blue']);
  expect(await valuesOf(text, 'note')).toEqual(['two words here']);
  expect(await valuesOf(text, 'bare')).toEqual(['']);
  expect(await valuesOf(text, 'absent')).toEqual([]);
  expect(await valuesOf('a x\na y\n', 'a')).toEqual(['x', 'y']);
  expect(await valuesOf('  # x\n#a x\n', '#')).toEqual(['x']);
});

test('another value changes its own bytes and no others', async () => {
  expect(await withValue(text, 'active', 'backend_green')).toBe(
    text.replace('active \t backend_blue  ', 'active \t backend_green  '),
  );
  expect(await withValue(text, 'bare', 'x')).toBe(text.replace('\r\nbare\r\n', '\r\nbare x\r\n'));
  expect(await withValue('active blue', 'active', 'green')).toBe('active green');
});

test('a further line keeps the line ends of the file', () => {
  expect(withLine('', 'a', 'x')).toBe('a x\n');
  expect(withLine('b y\n', 'a', 'x')).toBe('b y\na x\n');
  expect(withLine('b y', 'a', 'x')).toBe('b y\na x\n');
  expect(withLine('b y\r\n', 'a', 'x')).toBe('b y\r\na x\r\n');
});

test('whatever stands around the line stays, byte for byte', async () => {
  const around = fc
    .uint8Array({ maxLength: 200 })
    .map((some) => Buffer.from(some).toString('latin1'))
    .filter((some) => !/(^|\n)[ \t]*active([ \t\r\n]|$)/.test(some));
  await fc.assert(
    fc.asyncProperty(around, around, async (before, after) => {
      const whole = (value: string) => `${before}\nactive ${value}\n${after}`;

      expect(await withValue(whole('backend_blue'), 'active', 'backend_green')).toBe(
        whole('backend_green'),
      );
      expect(await valuesOf(whole('backend_blue'), 'active')).toEqual(['backend_blue']);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['each of which holds its text', 'example'],
  ['none of which holds its text', 'stage'],
])('a key is found among a million lines, %s, in turns of the event loop', async (_, key) => {
  const many = 'other.example.com backend_web\n'.repeat(500_000);
  const text = bytes(`${many}${key} blue\n${many}`);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);

  const values = await mapText.valuesOf(text, key);
  isOver = true;

  expect(values).toEqual(['blue']);
  expect(turns).toBeGreaterThan(5);
});
