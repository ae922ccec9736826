import { expect, test } from 'vitest';
import { readStatus } from '../../src/haproxy/server-health.ts';

test.each([
  ['UP', 'L7OK', 'up', 'healthy'],
  ['UP', '', 'up', 'healthy'],
  ['UP', 'INI', 'up', 'transitional'],
  ['UP 1/3', 'INI', 'up', 'transitional'],
  ['UP 2/3', 'L7STS', 'up', 'transitional'],
  ['DOWN 2/3', 'L7STS', 'down', 'transitional'],
  ['DOWN', 'L4CON', 'down', 'down'],
  ['DOWN (agent)', 'L7OK', 'agent_down', 'down'],
  ['no check', '', 'no_check', 'no_check'],
  ['MAINT', '', 'maint', 'maint'],
  ['MAINT (via px/sv)', '', 'inherited_maint', 'maint'],
  ['MAINT (resolution)', '', 'unresolved', 'unresolved'],
  ['DRAIN', 'L7OK', 'drain', 'drain'],
  ['DRAIN 1/3', 'L7OK', 'drain', 'transitional'],
  ['DRAIN (agent)', 'L7OK', 'agent_drain', 'drain'],
  ['NOLB', 'L7OKC', 'nolb', 'drain'],
  ['NOLB 1/2', 'L7OKC', 'nolb', 'transitional'],
  ['up', 'L7OK', 'unknown', 'unknown'],
  ['UPSIDE DOWN', 'L7OK', 'unknown', 'unknown'],
  ['UP (agent)', 'L7OK', 'unknown', 'unknown'],
  ['MAINT (via px/sv) UP', '', 'unknown', 'unknown'],
  ['', '', 'unknown', 'unknown'],
  ['constructor', '', 'unknown', 'unknown'],
])('status %j with check %j is %s, %s', (status, check, word, health) => {
  expect(readStatus(status, check)).toEqual({ word, health });
});
