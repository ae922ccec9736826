import { describe, expect, test } from 'vitest';
import { judgeNode } from '../../src/engine/gates.ts';
import { readStatus } from '../../src/haproxy/server-health.ts';
import type { GateReport } from '../../src/release/journal-entry.ts';
import {
  type BackendReading,
  noCounters,
  type ReachedNode,
  type ServerReading,
  type SideReading,
} from '../../src/release/reading.ts';
import { canTake, takesTraffic } from '../../src/release/server-fitness.ts';
import { backendName, nodeName, type Side, serverName } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';

const { plan } = aRelease();

function server(more: Partial<ServerReading> = {}): ServerReading {
  return {
    name: serverName('g1'),
    address: '127.0.0.1:80',
    status: 'UP',
    check: 'L7OK 200',
    ...readStatus('UP', 'L7OK 200'),
    sessions: 0,
    limit: null,
    throttle: null,
    weight: 1,
    backup: false,
    ...more,
  };
}

function side(name: Side, more: Partial<SideReading> = {}): SideReading {
  return {
    side: name,
    backend: backendName(`backend_${name}`),
    exists: true,
    servers: [server()],
    counters: noCounters,
    sessions: 0,
    queued: 0,
    ...more,
  };
}

function reading(more: Partial<ReachedNode> = {}): ReachedNode {
  return {
    kind: 'reached',
    node: nodeName('lb-1'),
    worker: { pid: 1, startedAt: 1 },
    version: '2.6.12',
    stopping: false,
    level: 'admin',
    memory: { kind: 'side', side: 'blue' },
    disk: { kind: 'side', side: 'blue' },
    sides: { blue: side('blue'), green: side('green') },
    sharedWith: [],
    ...more,
  };
}

const failed = (gates: readonly GateReport[]) =>
  gates.filter(({ result }) => result !== 'successful').map(({ sentence }) => sentence);

test('a node that is as it should be passes every gate', () => {
  expect(failed(judgeNode(plan, reading()))).toEqual([]);
});

test.each<readonly [string, Partial<ReachedNode>, string]>([
  [
    'a socket that may not write',
    { level: 'operator' },
    'lb-1: the socket has level operator; write "level admin" on its stats socket line',
  ],
  [
    'a worker that is being replaced',
    { stopping: true },
    'lb-1: the worker that answers is being replaced by a reload',
  ],
  [
    'a key that stands there twice',
    { memory: { kind: 'duplicate', values: ['backend_blue', 'backend_green'] } },
    'lb-1: in memory: twice in the map (backend_blue, backend_green)',
  ],
  [
    'a backend that is not there',
    { sides: { blue: side('blue'), green: side('green', { exists: false, servers: [] }) } },
    'lb-1: there is no backend backend_green: a switch to it answers 503',
  ],
  [
    'a side without servers',
    { sides: { blue: side('blue'), green: side('green', { servers: [] }) } },
    'lb-1: 0 of 0 servers of backend_green healthy, all needed',
  ],
  [
    'a server in maintenance',
    {
      sides: {
        blue: side('blue'),
        green: side('green', {
          servers: [
            server(),
            server({ name: serverName('g2'), status: 'MAINT', ...readStatus('MAINT', '') }),
          ],
        }),
      },
    },
    'lb-1: 1 of 2 servers of backend_green healthy, all needed: g2 is MAINT (L7OK 200)',
  ],
  [
    'a side too small for what the other one carries',
    {
      sides: {
        blue: side('blue', { sessions: 11 }),
        green: side('green', { servers: [server({ limit: 20, throttle: 50 })] }),
      },
    },
    'lb-1: room for 10 sessions on backend_green, 11 are on backend_blue',
  ],
])('%s is refused', (_, more, sentence) => {
  expect(failed(judgeNode(plan, reading(more)))).toContain(sentence);
});

describe('a side of several backends', () => {
  const part = (backend: string, more: Partial<BackendReading> = {}): BackendReading => {
    const { side: _, ...one } = side('green');
    return { ...one, backend, ...more };
  };
  const several = (name: Side, parts: readonly BackendReading[]) =>
    side(name, {
      backend: parts.map(({ backend }) => backend).join(', '),
      exists: parts.every(({ exists }) => exists),
      servers: parts.flatMap(({ servers }) => servers),
      sessions: parts.reduce((sum, { sessions }) => sum + sessions, 0),
      parts,
    });
  const judged = (blue: readonly BackendReading[], green: readonly BackendReading[]) =>
    failed(
      judgeNode(
        plan,
        reading({ sides: { blue: several('blue', blue), green: several('green', green) } }),
      ),
    );
  const blue = [part('web_blue', { sessions: 5 }), part('api_blue', { sessions: 90 })];

  test('is ready when each of them is', () => {
    expect(judged(blue, [part('web_green'), part('api_green')])).toEqual([]);
  });

  test.each<readonly [string, BackendReading, string]>([
    [
      'one of them is not there',
      part('api_green', { exists: false, servers: [] }),
      'lb-1: there is no backend api_green: a switch to it answers 503',
    ],
    [
      'one of them has no healthy server',
      part('api_green', {
        servers: [server({ status: 'DOWN', ...readStatus('DOWN', ''), check: '' })],
      }),
      'lb-1: 0 of 1 server of api_green healthy, all needed: g1 is DOWN',
    ],
    [
      'one of them has no room for its counterpart',
      part('api_green', { servers: [server({ limit: 80 })] }),
      'lb-1: room for 80 sessions on api_green, 90 are on api_blue',
    ],
  ])('is refused where %s', (_, api, sentence) => {
    const spare = part('web_green', {
      servers: [server({ limit: 1000 }), server({ limit: 1000 })],
    });

    expect(judged(blue, [spare, api])).toContain(sentence);
  });

  test('that has no counterpart is compared as a whole', () => {
    const small = part('all_green', { servers: [server({ limit: 90 })] });

    expect(judged(blue, [small])).toEqual([
      'lb-1: room for 90 sessions on all_green, 95 are on web_blue, api_blue',
    ]);
  });

  test('serves as well as the weakest of them', () => {
    const down = part('api_green', {
      servers: [server({ status: 'DOWN', ...readStatus('DOWN', '') })],
    });
    const out = part('api_green', {
      servers: [server({ status: 'MAINT', ...readStatus('MAINT', '') })],
    });
    const web = part('web_green', { servers: [server(), server()] });

    expect([
      takesTraffic(several('green', [web, part('api_green')])),
      takesTraffic(several('green', [web, down])),
      canTake(several('green', [web, down])),
      canTake(several('green', [web, out])),
      canTake(several('green', [web, { ...out, letsIn: true }])),
    ]).toEqual([true, false, false, false, true]);
  });
});
