import { expect, test } from 'vitest';
import type { ServerHeld } from '../../../../../src/engine/ports.ts';
import {
  heldSwitch,
  seenSwitch,
  switchedHealth,
} from '../../../../../src/haproxy/routes/sessions/health/seen-switch.ts';
import type { ApplicationState } from '../../../../../src/haproxy/routes/sessions/health/state-of-application.ts';
import { readStatus } from '../../../../../src/haproxy/server-health.ts';
import { serverName } from '../../../../../src/release/vocabulary.ts';

/** `UP L7OK 200`, or with what a hand set before it: `maint MAINT`. */
function server(words: string, name = 'g1'): ServerHeld {
  const [, state, status = '', check = ''] =
    /^(?:(ready|drain|maint) )?((?:UP|DOWN|NOLB|DRAIN|MAINT|no check)(?: \d\/\d)?) ?(.*)$/.exec(
      words,
    ) ?? [];
  return {
    name: serverName(name),
    address: '127.0.0.1:8101',
    status,
    check,
    ...readStatus(status, check),
    sessions: 0,
    limit: null,
    throttle: null,
    weight: 1,
    backup: false,
    state: (state as ServerHeld['state'] | undefined) ?? 'ready',
  };
}

test.each([
  ['UP L7OK 200', undefined, 'on', 'healthy'],
  ['UP 2/3 L7STS 404', 'off', 'on', 'transitional'],
  ['NOLB L7OKC 404', 'off', 'off', 'healthy'],
  // It was switched on this moment.
  ['NOLB L7OKC 404', 'on', 'off', 'healthy'],
  // It answers its check and not for itself.
  ['NOLB L7OKC 404', 'unknown', 'off', 'down'],
  ['NOLB 2/3 L7STS 503', 'off', 'off', 'transitional'],
  ['DOWN L7STS 404', 'off', 'off', 'healthy'],
  ['DOWN L7STS 404', 'unknown', 'off', 'down'],
  // A check is under way: its code is not shown.
  ['DOWN L7STS', 'off', 'off', 'healthy'],
  ['DOWN L7STS', 'unknown', 'dead', 'down'],
  ['DOWN L4CON', 'unknown', 'dead', 'down'],
  ['DOWN L7STS 503', 'on', 'dead', 'down'],
  ['drain DRAIN L7OK 200', 'on', 'out', 'healthy'],
  ['drain NOLB L7OKC 404', 'off', 'out', 'healthy'],
  ['drain DOWN L7STS 404', 'off', 'out', 'healthy'],
  ['maint MAINT', 'off', 'out', 'maint'],
  ['DRAIN L7OK 200', 'on', 'out', 'drain'],
] as const)('%s, itself %s: %s and %s', (words, says, seen, health) => {
  const one = server(words);
  const asked = new Map<string, ApplicationState>(says === undefined ? [] : [['g1', says]]);

  expect([seenSwitch(one, asked), switchedHealth(one, asked)]).toEqual([seen, health]);
});

const on = 'UP L7OK 200';
const off = 'NOLB L7OKC 404';
const dead = 'DOWN L4CON';
const out = 'maint MAINT';

test.each([
  [[on, on], [off, off], 'blue'],
  [[on, dead], [off, off], 'blue'],
  [[on, on], [dead, dead], 'blue'],
  [[out, out], [on, on], 'green'],
  [[on, out], [off, dead], 'blue'],
  [[on, off], [off, off], 'b1 on, b2 off, g1 off, g2 off'],
  [[on, on], [off, on], 'b1 on, b2 on, g1 off, g2 on'],
  [[off, off], [off, off], 'b1 off, b2 off, g1 off, g2 off'],
  [[dead, dead], [off, off], 'b1 dead, b2 dead, g1 off, g2 off'],
] as const)('blue %j and green %j: %s', (blue, green, words) => {
  const servers = {
    blue: blue.map((one, i) => server(one, `b${i + 1}`)),
    green: green.map((one, i) => server(one, `g${i + 1}`)),
  };

  const held = heldSwitch(servers, new Map());

  expect(held).toEqual(
    words === 'blue' || words === 'green'
      ? { kind: 'side', side: words }
      : { kind: 'between', words },
  );
});
