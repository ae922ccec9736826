import { expect, test } from 'vitest';
import { healthOf } from '../../src/haproxy/server-health.ts';

test.each([
  ['UP', 'L7OK', 'healthy'],
  ['UP', '', 'healthy'],
  ['UP', 'INI', 'transitional'],
  ['UP 1/3', 'INI', 'transitional'],
  ['DOWN 2/3', 'L7STS', 'transitional'],
  ['DOWN', 'L4CON', 'down'],
  ['DOWN (agent)', 'L7OK', 'down'],
  ['no check', '', 'no_check'],
  ['MAINT', '', 'maint'],
  ['MAINT (via px/sv)', '', 'maint'],
  ['MAINT (resolution)', '', 'maint'],
  ['DRAIN', 'L7OK', 'drain'],
  ['DRAIN (agent)', 'L7OK', 'drain'],
  ['NOLB', 'L7OKC', 'drain'],
  ['up', 'L7OK', 'unknown'],
  ['UPSIDE DOWN', 'L7OK', 'unknown'],
  ['', '', 'unknown'],
])('status %j with check %j is %s', (status, check, health) => {
  expect(healthOf(status, check)).toBe(health);
});
