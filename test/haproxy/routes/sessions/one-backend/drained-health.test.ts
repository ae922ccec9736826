import { expect, test } from 'vitest';
import type { ServerHeld } from '../../../../../src/engine/ports.ts';
import { drainedHealth } from '../../../../../src/haproxy/routes/sessions/one-backend/drained-health.ts';
import { readStatus } from '../../../../../src/haproxy/server-health.ts';
import { serverName } from '../../../../../src/release/vocabulary.ts';

/** A server as `show stat` tells of it: these pairs of status and check were seen on 2.6. */
function server(state: ServerHeld['state'], status: string, check: string): ServerHeld {
  return {
    name: serverName('g1'),
    address: '127.0.0.1:8101',
    status,
    check,
    ...readStatus(status, check),
    sessions: 0,
    limit: null,
    throttle: null,
    weight: 1,
    backup: false,
    state,
  };
}

test.each([
  ['drain', 'DRAIN', 'L7OK 200', 'healthy'],
  ['drain', 'DRAIN', 'L7OK', 'healthy'],
  ['drain', 'DRAIN', 'L4OK', 'healthy'],
  ['drain', 'DRAIN', '', 'no_check'],
  // Lifted from maintenance, with the check of before.
  ['drain', 'DRAIN 1/3', 'L7OK 200', 'transitional'],
  ['drain', 'DRAIN 1/3', 'INI', 'transitional'],
  ['drain', 'DRAIN 2/3', 'L7STS 503', 'transitional'],
  ['drain', 'DOWN', 'L7STS 503', 'down'],
  ['drain', 'DOWN 1/2', 'L7OK 200', 'transitional'],
  ['drain', 'DRAIN', 'L7OKC 404', 'drain'],
  // Weight 0, and no hand put it into drain.
  ['ready', 'DRAIN', 'L7OK 200', 'drain'],
  ['ready', 'UP', 'L7OK 200', 'healthy'],
  ['maint', 'MAINT', '', 'maint'],
] as const)('%s, %s, "%s" is %s', (state, status, check, health) => {
  expect(drainedHealth(server(state, status, check))).toBe(health);
});
