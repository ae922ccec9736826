import { expect, test } from 'vitest';
import { type ReasonRule, whyNoReason, whyNoTicketPattern } from '../../src/release/reason-rule.ts';

const ticket: ReasonRule = { ticket: 'OPS-\\d+' };

test.each<[ReasonRule | undefined, string | undefined, boolean]>([
  [undefined, undefined, true],
  [{}, undefined, false],
  [{}, '', false],
  [{}, 'new start page', true],
  [ticket, undefined, false],
  [ticket, 'new start page', false],
  [ticket, 'OPS-x', false],
  [ticket, 'new start page, OPS-12', true],
])('the rule %j takes %j: %s', (rule, because, taken) => {
  expect(whyNoReason('checkout', rule, because) === undefined).toBe(taken);
});

test('a refusal says what is missing and what to type', () => {
  expect(whyNoReason('checkout', {}, undefined)).toBe(
    'Refused: a release of checkout needs a reason, and none was given. Write `/release checkout because <reason>`.',
  );
  expect(whyNoReason('checkout', ticket, '@U0ANN said so')).toBe(
    'Refused: a release of checkout needs a reason that names a ticket (pattern `OPS-\\d+`), and "＠U0ANN said so" names none. Write `/release checkout because <ticket and reason>`.',
  );
});

test.each([
  ['', '1 to 100 characters'],
  ['x'.repeat(101), '1 to 100 characters'],
  ['(a+)+$', 'repeats'],
  ['([A-Z]*)*!', 'repeats'],
  ['(OPS)-\\1', 'refers back'],
  ['OPS-[', 'Invalid regular expression'],
])('%j is no pattern', (pattern, why) => {
  expect(whyNoTicketPattern(pattern)).toContain(why);
});

test('patterns as people write them are taken', () => {
  for (const pattern of ['OPS-\\d+', '[A-Z]{2,10}-[0-9]{1,6}', '(OPS|SHOP)-\\d+', '#\\d+$']) {
    expect(whyNoTicketPattern(pattern)).toBeUndefined();
  }
});
