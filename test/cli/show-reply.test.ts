import { describe, expect, test } from 'vitest';
import { exitOf } from '../../src/cli/exit-codes.ts';
import { type Look, lookOf } from '../../src/cli/look.ts';
import { showReply } from '../../src/cli/show-reply.ts';
import type { Reply, ServiceStatus } from '../../src/commands/command.ts';
import { readStatus } from '../../src/haproxy/server-health.ts';
import {
  noCounters,
  type ReachedNode,
  type ServerReading,
  type SideReading,
} from '../../src/release/reading.ts';
import {
  actor,
  backendName,
  nodeName,
  type Side,
  serverName,
} from '../../src/release/vocabulary.ts';
import { aRelease } from '../slack/a-release.ts';

const grey: Look = { colour: false, timezone: 'Europe/Berlin' };
const at = { at: '2026-11-20T12:00:03Z', boot: 'b', mono: 1 };

const server = (name: string, more: Partial<ServerReading> = {}): ServerReading => ({
  name: serverName(name),
  address: '127.0.0.1:1',
  status: 'UP',
  check: 'L7OK 200',
  ...readStatus('UP', 'L7OK 200'),
  sessions: 3,
  limit: null,
  throttle: null,
  weight: 100,
  backup: false,
  ...more,
});

const sideReading = (side: Side, servers: readonly ServerReading[]): SideReading => ({
  side,
  backend: backendName(`backend_${side}`),
  exists: true,
  servers,
  counters: noCounters,
  sessions: 3,
  queued: 0,
});

const reached = (name: string, memory: Side, green: ServerReading): ReachedNode => ({
  kind: 'reached',
  node: nodeName(name),
  worker: { pid: 1, startedAt: 1 },
  version: '2.6.12',
  stopping: false,
  level: 'admin',
  memory: { kind: 'side', side: memory },
  disk: { kind: 'side', side: 'blue' },
  sides: { blue: sideReading('blue', [server('b1')]), green: sideReading('green', [green]) },
  sharedWith: [],
});

const status: ServiceStatus = {
  state: {
    service: 'checkout',
    versions: { blue: '1.4.1', green: '1.4.2' },
    hold: { by: actor('U0ROOT'), at: '2026-11-20T09:00:00Z', reason: 'audit\u001b[2J today' },
    lastNumber: 42,
  },
  nodes: [
    {
      node: nodeName('lb-1'),
      reading: reached('lb-1', 'green', server('g1')),
      desiredMemory: 'green',
      desiredDisk: 'blue',
      verdict: 'unpersisted',
      sentence: 'lb-1 has green in memory and blue on disk.',
    },
    {
      node: nodeName('lb-2'),
      reading: reached(
        'lb-2',
        'blue',
        server('g1', {
          status: 'DOWN',
          check: 'L7STS\u202e 503',
          ...readStatus('DOWN', ''),
          sessions: 0,
        }),
      ),
      desiredMemory: 'green',
      desiredDisk: 'blue',
      verdict: 'drifted',
      sentence: 'lb-2 has blue in memory, not green.',
      oldWorkers: {
        kind: 'known',
        workers: [
          { pid: 123, sessions: { blue: 4, green: 1 } },
          { pid: 99, sessions: { blue: 0, green: 0 } },
        ],
      },
    },
    {
      node: nodeName('lb-3'),
      reading: { kind: 'unreachable', node: nodeName('lb-3'), why: 'refused' },
      desiredMemory: 'green',
      desiredDisk: 'blue',
      verdict: 'unreachable',
      sentence: 'lb-3 does not answer: refused.',
      oldWorkers: { kind: 'unknown', why: 'refused.' },
    },
  ],
  active: 'mixed',
  rollback: { to: 'blue', ready: 2, nodes: 3, sentence: 'Rollback to blue ready on 2 of 3 nodes.' },
};

describe('a reply on a terminal', () => {
  test('of all services has a line each', () => {
    const fresh: ServiceStatus = {
      state: { service: 'cart', versions: {}, lastNumber: 0 },
      nodes: [],
      active: 'blue',
      rollback: { to: undefined, ready: 0, nodes: 0, sentence: '' },
    };

    const lines = showReply(grey, { kind: 'overview', services: [status, fresh], at });

    expect(lines).toEqual([
      'SERVICE   ACTIVE  VERSIONS                 RELEASE  NODES                                    ROLLBACK',
      'checkout  mixed   blue 1.4.1, green 1.4.2  -        1 unpersisted, 1 drifted, 1 unreachable  blue ready 2/3',
      'cart      blue    -                        -                                                 -',
      'checkout is locked by U0ROOT since 2026-11-20 10:00:00 Europe/Berlin (09:00:00Z): audit [2J today',
      'Read at 2026-11-20 13:00:03 Europe/Berlin (12:00:03Z).',
    ]);
  });

  test('of a service that needs attention has every line with which it is settled by hand', () => {
    const byHand = Array.from({ length: 60 }, (_, n) => `echo "set map ${n}" | socat stdio /run/s`);
    const { release } = aRelease()
      .then({ kind: 'stage_entered', stage: 'switching' })
      .then({ kind: 'needs_attention', why: 'All are away.', byHand });

    const lines = showReply(grey, { kind: 'service', status: { ...status, release }, at });

    const from = lines.indexOf('checkout-42 needs attention: All are away.');
    expect(lines.slice(from + 1, from + 61)).toEqual(byHand.map((line) => `  ${line}`));
  });

  test('of one service has a row per node and server, and nothing a terminal would obey', () => {
    expect(showReply(grey, { kind: 'service', status, at })).toEqual([
      'checkout · active mixed · blue 1.4.1, green 1.4.2',
      '',
      'NODE  MEMORY  DISK  DESIRED           VERDICT      SIDE   SERVER  STATUS  CHECK      SESSIONS',
      'lb-1  green   blue  green, disk blue  unpersisted  blue   b1      UP      L7OK 200   3',
      '                                                   green  g1      UP      L7OK 200   3',
      'lb-2  blue    blue  green, disk blue  drifted      blue   b1      UP      L7OK 200   3',
      '                                                   green  g1      DOWN    L7STS 503  0',
      'lb-3  ?       ?     green, disk blue  unreachable',
      '',
      'checkout is locked by U0ROOT since 2026-11-20 10:00:00 Europe/Berlin (09:00:00Z): audit [2J today',
      'lb-1 has green in memory and blue on disk.',
      'lb-2 has blue in memory, not green.',
      'lb-3 does not answer: refused.',
      'lb-2: an old worker (pid 123) still serves 4 sessions on blue and 1 session on green after a reload.',
      'lb-3: its old workers are unknown: refused.',
      'Rollback to blue ready on 2 of 3 nodes.',
      'Read at 2026-11-20 13:00:03 Europe/Berlin (12:00:03Z).',
    ]);
  });

  test('of the history names the zone and UTC', () => {
    const reply: Reply = {
      kind: 'history',
      rows: [
        {
          seq: 7,
          at: '2026-11-20T12:00:03.123Z',
          service: 'checkout',
          release: 'checkout-42',
          actor: actor('U0ANN'),
          sentence: 'approved\nby hand',
        },
        { seq: 8, at: '2026-11-20T12:00:04Z', actor: actor('system:start'), sentence: 'started' },
      ],
      more: true,
      timezone: 'Asia/Tokyo',
      asked: 'all services',
    };

    expect(showReply(grey, reply)).toEqual([
      '#  TIME (Asia/Tokyo)    UTC       SERVICE   RELEASE      WHO           WHAT',
      '7  2026-11-20 21:00:03  12:00:03  checkout  checkout-42  U0ANN         approved by hand',
      '8  2026-11-20 21:00:04  12:00:04  -         -            system:start  started',
      'There are more rows; ask for less: a service, since, or by.',
    ]);
    expect(showReply(grey, { ...reply, rows: [], more: false })).toEqual([
      'The journal has no rows: all services.',
    ]);
  });

  test('of a sentence has times in the zone, once where that is UTC, and names of programs', () => {
    const text =
      'Open since 2026-11-28T08:46:06.848Z by @system:smoke. `/release abort checkout-1`';

    expect(showReply(grey, { kind: 'refused', text })).toEqual([
      'Open since 2026-11-28 09:46:06 Europe/Berlin (08:46:06Z) by the smoke test. `pointsman abort checkout-1`',
    ]);
    expect(showReply({ ...grey, timezone: 'Etc/UTC' }, { kind: 'refused', text })).toEqual([
      'Open since 2026-11-28 08:46:06 Etc/UTC by the smoke test. `pointsman abort checkout-1`',
    ]);
  });

  test('of a time says the sentence and the zone', () => {
    const reply: Reply = {
      kind: 'at',
      service: 'checkout',
      time: '2026-11-20T12:00:03Z',
      timezone: 'Europe/Berlin',
      sentence: 'checkout was on blue.',
    };

    expect(showReply(grey, reply)).toEqual([
      'checkout was on blue.',
      'Asked for 2026-11-20 13:00:03 Europe/Berlin (12:00:03Z).',
    ]);
  });

  test('has colours on a terminal, and none where NO_COLOR is set', () => {
    const io = { terminal: true, noColour: false, timezone: 'utc' };
    const only: Reply = { kind: 'service', status: { ...status, nodes: [], active: 'blue' }, at };
    const show = (more: object) =>
      showReply(lookOf({ ...io, ...more } as Parameters<typeof lookOf>[0]), only).join('\n');

    expect(show({})).toContain('active \u001b[34mblue\u001b[0m');
    expect(show({ noColour: true })).not.toContain('\u001b');
    expect(show({ terminal: false })).not.toContain('\u001b');
  });
});

test('a status ends with 5 where no node of a service answers, and with 0 where one does', () => {
  const away = status.nodes.filter(({ verdict }) => verdict === 'unreachable');
  const silent = { ...status, nodes: away };

  expect([
    exitOf({ kind: 'service', status, at }),
    exitOf({ kind: 'service', status: silent, at }),
    exitOf({ kind: 'overview', services: [status], at }),
    exitOf({ kind: 'overview', services: [status, silent], at }),
  ]).toEqual([0, 5, 0, 5]);
});
