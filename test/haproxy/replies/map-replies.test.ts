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

test.each([
  [
    'type=str, case=sensitive, found=yes, idx=tree, key="checkout", value="backend_blue", type="str"\n\n',
    { kind: 'found', value: 'backend_blue' },
  ],
  [
    'type=str, case=sensitive, found=yes, idx=tree, key="q", value=""q", type="str"\n\n',
    { kind: 'found', value: '"q' },
  ],
  ['type=str, case=sensitive, found=no\n\n', { kind: 'not_found' }],
  [
    'Missing map identifier and/or key.\n\n',
    { kind: 'refused', words: 'Missing map identifier and/or key.' },
  ],
  [
    'type=str, case=sensitive, found=yes, idx=tree, key="chec',
    { kind: 'refused', words: 'type=str, case=sensitive, found=yes, idx=tree, key="chec' },
  ],
])('get map: %j', (reply, lookup) => {
  expect(parseGetMap(reply)).toEqual(lookup);
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
