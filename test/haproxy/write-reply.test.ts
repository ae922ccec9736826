import { expect, test } from 'vitest';
import { inOneLine, setMap, showInfo } from '../../src/haproxy/command-line.ts';
import { resultOfWrite } from '../../src/haproxy/write-reply.ts';

const expected = { pid: 8547, startedAt: 1795228404 };
const line = inOneLine(setMap('/m', 'active', 'backend_green'), showInfo());
const seen = { line, expected, answeredAt: 12.5 };
const info =
  'Name: HAProxy\nVersion: 2.6.12\nPid: 8547\nStopping: 0\nStart_time_sec: 1795228404\n\n';

test('an empty line and then the expected worker: accepted', () => {
  expect(resultOfWrite(`\n${info}`, seen)).toEqual({
    kind: 'accepted',
    worker: expected,
    answeredAt: 12.5,
  });
});

test.each([
  ['Stopping: 0', 'Stopping: 1', 'worker 8547 took it, and a reload has replaced that worker'],
  [
    'Pid: 8547',
    'Pid: 99',
    'worker 99 (started at 1795228404) answered instead of worker 8547 (started at 1795228404)',
  ],
  [
    'sec: 1795228404',
    'sec: 5',
    'worker 8547 (started at 5) answered instead of worker 8547 (started at 1795228404)',
  ],
])('%s turned into %s: not applied', (was, is, why) => {
  expect(resultOfWrite(`\n${info.replace(was, is)}`, seen)).toEqual({ kind: 'not_applied', why });
});

test.each([
  ['entry not found.\n\n', 'entry not found.'],
  [
    'Unknown map identifier. Please use #<id> or <file>.\n\n',
    'Unknown map identifier. Please use #<id> or <file>.',
  ],
  ['Permission denied\n\n', 'Permission denied'],
])('%j before the expected worker: refused', (words, shown) => {
  expect(resultOfWrite(`${words}${info}`, seen)).toEqual({
    kind: 'refused',
    why: `HAProxy answered "${shown}" to "set map /m active backend_green; …"`,
  });
});

test.each([
  '',
  '\n',
  '\n\n',
  'entry not found.\n\n',
  info,
  '\nName: HAProxy\n\n',
  `\n${info.slice(0, 60)}`,
])('%j says nothing: unknown', (reply) => {
  expect(resultOfWrite(reply, seen).kind).toBe('unknown');
});

test.each([
  [
    '\nentry not found.\n\n',
    'unknown',
    'HAProxy answered "entry not found." to 1 of 2 commands of "set map /m active backend_green; …"',
  ],
  [
    'No such server.\n\nNo such server.\n\n',
    'refused',
    'HAProxy answered "No such server. No such server." to "set map /m active backend_green; …"',
  ],
])('of two commands %j: %s', (words, kind, why) => {
  expect(resultOfWrite(`${words}${info}`, { ...seen, writes: 2 })).toEqual({
    kind,
    why,
    // Nothing of it can come late: HAProxy has answered.
    ...(kind === 'unknown' && { answered: true }),
  });
});
