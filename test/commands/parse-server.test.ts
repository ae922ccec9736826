import { expect, test } from 'vitest';
import { parse } from '../../src/commands/parse.ts';

const now = new Date('2026-11-21T12:00:00Z');
const read = (text: string) =>
  parse('release', text, { timezone: 'UTC' }, now, { services: ['shop'] });

test.each(['drain', 'maint', 'ready'] as const)('%s takes a service and a server', (kind) => {
  expect(read(`${kind} shop Web_1`)).toEqual({ kind, service: 'shop', server: 'Web_1' });
  expect(read(`${kind} shop web:1 because it is slow`)).toEqual({
    kind,
    service: 'shop',
    server: 'web:1',
    because: 'it is slow',
  });
});

test.each([
  ['drain', 'Which service? Write `/release drain <service> <server> [because <reason>]`.'],
  ['maint shop', 'Which server? Write `/release maint <service> <server> [because <reason>]`.'],
  ['ready sohp b1', 'There is no service "sohp". Did you mean `/release ready shop b1`?'],
  [
    'drain shop b1 b2',
    'I do not understand "b2". Write `/release drain <service> <server> [because <reason>]`.',
  ],
  [
    'drain shop b1;quit',
    '"b1;quit" is no server\'s name: expected letters, digits and _ . : -, up to 128 long.',
  ],
  ['drian shop b1', 'There is no service "drian". Did you mean `/release drain shop b1`?'],
])('%s is answered with what was expected', (text, sentence) => {
  expect(read(text)).toEqual({ kind: 'misunderstood', sentence });
});
