import { expect, test } from 'vitest';
import { parseDone } from '../../../src/haproxy/replies/done.ts';
import { parseGetMap } from '../../../src/haproxy/replies/get-map.ts';
import { parsePrepareMap } from '../../../src/haproxy/replies/prepare-map.ts';
import { parseShowMap } from '../../../src/haproxy/replies/show-map.ts';

test('show map: every entry with its value, blanks included', () => {
  const reply =
    '0x5591d3c8e7f0 active backend_blue\n0x5591d3c8e880 other two words here\n0x7f0 bare \n\n';

  expect(parseShowMap(reply)).toEqual({
    kind: 'entries',
    entries: [
      { key: 'active', value: 'backend_blue' },
      { key: 'other', value: 'two words here' },
      { key: 'bare', value: '' },
    ],
    strays: [],
  });
});

test('show map: an entry over two lines gives no entry for either', () => {
  const reply = '0x55 badline\nactive backend_green\n0x56 api backend_blue\n\n';

  expect(parseShowMap(reply)).toEqual({
    kind: 'entries',
    entries: [{ key: 'api', value: 'backend_blue' }],
    strays: ['0x55 badline', 'active backend_green'],
  });
});

test('show map: empty map and refusals', () => {
  expect(parseShowMap('\n')).toEqual({ kind: 'entries', entries: [], strays: [] });
  expect(parseShowMap('Unknown map identifier. Please use #<id> or <file>.\n\n')).toEqual({
    kind: 'refused',
    words: 'Unknown map identifier. Please use #<id> or <file>.',
  });
  expect(parseShowMap('Permission denied\n\n')).toEqual({
    kind: 'refused',
    words: 'Permission denied',
  });
});

const line = (way: string, key: string, value: string) =>
  `type=${way}, case=sensitive, found=yes, idx=tree, key="${key}", value="${value}", type="str"\n`;
const none = (way: string) => `type=${way}, case=sensitive, found=no\n`;

test.each([
  [line('str', 'active', 'backend_blue'), { kind: 'found', value: 'backend_blue' }],
  [line('str', 'active', '"q'), { kind: 'found', value: '"q' }],
  [line('str', 'active', 'x", value="y'), { kind: 'found', value: 'x", value="y' }],
  [none('str'), { kind: 'not_found' }],
  // One line for each way in which the configuration looks the map up.
  [line('beg', 'active', 'a') + line('str', 'active', 'a'), { kind: 'found', value: 'a' }],
  [none('beg') + none('str'), { kind: 'not_found' }],
  [
    line('beg', 'active', 'a') + line('str', 'active', 'b'),
    { kind: 'differ', words: 'type=beg finds a, type=str finds b' },
  ],
  [
    line('beg', 'act', 'a') + line('str', 'active', 'b'),
    { kind: 'differ', words: 'type=beg finds the entry act instead, type=str finds b' },
  ],
  [
    line('str', 'active', 'b') + none('reg'),
    { kind: 'differ', words: 'type=str finds b, type=reg finds nothing' },
  ],
  // A prefix or a pattern may find another key's entry: it says nothing of this one.
  [line('beg', 'act', 'backend_blue'), { kind: 'not_found' }],
  [line('beg', 'activex', 'backend_blue'), { kind: 'not_found' }],
])('get map: %j', (reply, lookup) => {
  expect(parseGetMap(`${reply}\n`, 'active')).toEqual(lookup);
});

test.each([
  'Missing map identifier and/or key.\n\n',
  'type=str, case=sensitive, found=yes, idx=tree, key="chec',
  none('str'),
  `${none('str')}Permission denied\n\n`,
])('get map: %j is no answer to it', (reply) => {
  expect(parseGetMap(reply, 'active')).toEqual({ kind: 'refused', words: reply.trim() });
});

test('a write is accepted by exactly one line feed', () => {
  expect(parseDone('\n')).toEqual({ kind: 'accepted' });
  expect(parseDone('')).toEqual({ kind: 'refused', words: '' });
  expect(parseDone('\n\n')).toEqual({ kind: 'refused', words: '' });
  expect(parseDone('entry not found.\n\n')).toEqual({ kind: 'refused', words: 'entry not found.' });
});

test('prepare map names the new version, or does not', () => {
  expect(parsePrepareMap('New version created: 12\n\n')).toBe(12);
  expect(
    parsePrepareMap('Unknown map identifier. Please use #<id> or <file>.\n\n'),
  ).toBeUndefined();
  expect(parsePrepareMap('New version created: 1')).toBeUndefined();
});
