import { expect, test } from 'vitest';
import { readStatus } from '../../src/haproxy/server-health.ts';
import { type BackendReading, noCounters, type ServerReading } from '../../src/release/reading.ts';
import {
  canTake,
  countedServers,
  fitnessOf,
  isWell,
  servingServers,
  statusWords,
  takesTraffic,
  unfitWords,
} from '../../src/release/server-fitness.ts';
import { serverName } from '../../src/release/vocabulary.ts';

type Row = Partial<Pick<ServerReading, 'weight' | 'backup'>> & { readonly check?: string };

function server(name: string, status: string, row: Row = {}): ServerReading {
  const { check = 'L7OK 200', weight = 100, backup = false } = row;
  return {
    name: serverName(name),
    address: '10.0.0.1:80',
    status,
    check,
    ...readStatus(status, check),
    sessions: 0,
    limit: null,
    throttle: null,
    weight,
    backup,
  };
}

function backend(servers: readonly ServerReading[], more: Partial<BackendReading> = {}) {
  return {
    side: 'green' as const,
    backend: 'backend_green',
    exists: true,
    servers,
    counters: noCounters,
    sessions: 0,
    queued: 0,
    ...more,
  };
}

test.each([
  ['UP', {}, 'serves', true],
  ['no check', {}, 'serves', true],
  ['UP', { weight: 0 }, 'weightless', false],
  ['no check', { weight: 0 }, 'weightless', false],
  ['UP', { backup: true }, 'backup', true],
  ['UP', { backup: true, weight: 0 }, 'backup', false],
  ['DOWN', { backup: true }, 'backup', false],
  ['MAINT', { backup: true }, 'backup', false],
  ['UP 1/3', {}, 'wavers', false],
  ['UP', { check: 'INI' }, 'wavers', false],
  ['UP 1/3', { weight: 0 }, 'out', false],
  ['DOWN 2/3', {}, 'out', false],
  ['DOWN', {}, 'down', false],
  ['DOWN (agent)', {}, 'down', false],
  ['NOLB', {}, 'out', false],
  ['DRAIN', {}, 'out', false],
  ['DRAIN (agent)', {}, 'out', false],
  ['MAINT', {}, 'out', false],
  ['MAINT (via be/s1)', {}, 'out', false],
  ['MAINT (resolution)', {}, 'empty', false],
  ['MAINT (resolution)', { backup: true }, 'empty', false],
  ['something new', {}, 'down', false],
] as const)('a server that is %s, %j, %s', (status, row, fitness, well) => {
  const one = server('g1', status, row);

  expect([fitnessOf(one), isWell(one)]).toEqual([fitness, well]);
});

test('backups and empty slots do not count, and nothing serves where HAProxy says DOWN', () => {
  const servers = [
    server('g1', 'UP'),
    server('g2', 'UP', { backup: true }),
    server('slot1', 'MAINT (resolution)'),
    server('g3', 'UP', { weight: 0 }),
  ];
  const names = (some: readonly ServerReading[]) => some.map(({ name }) => name);

  expect(names(countedServers(backend(servers)))).toEqual(['g1', 'g3']);
  expect(names(servingServers(backend(servers)))).toEqual(['g1']);
  expect(names(servingServers(backend(servers, { isDown: true })))).toEqual([]);
  expect(takesTraffic(backend(servers, { isDown: true }))).toBe(false);
});

test.each([
  [[server('b1', 'UP 1/3')], {}, true],
  [[server('b1', 'UP', { weight: 0 })], {}, false],
  [[server('b1', 'DOWN'), server('b2', 'UP', { backup: true })], {}, false],
  [[server('b1', 'MAINT')], {}, false],
  [[server('b1', 'MAINT')], { letsIn: true as const }, true],
  [[server('b1', 'MAINT', { weight: 0 })], { letsIn: true as const }, false],
  [[server('b1', 'MAINT (resolution)')], { letsIn: true as const }, false],
  [[], {}, false],
] as const)('the way back to %j, %j: %s', (servers, more, can) => {
  expect(canTake(backend(servers, more))).toBe(can);
});

test('what does not serve is named, and how to mend it', () => {
  const servers = [
    server('g1', 'UP', { weight: 0 }),
    server('g2', 'UP', { weight: 0 }),
    server('g3', 'DOWN', { check: 'L4CON' }),
    server('g4', 'MAINT', { check: '' }),
    server('g5', 'UP', { backup: true }),
    server('g6', 'UP'),
    server('slot1', 'MAINT (resolution)', { check: '' }),
  ];

  expect(unfitWords(backend(servers, { isDown: true }))).toEqual([
    'g1, g2 have weight 0: set weight backend_green/g1 100',
    'g3 is DOWN (L4CON)',
    'g4 is MAINT',
    'g5 is a backup and does not count',
    'HAProxy says that backend_green is DOWN',
  ]);
  expect(unfitWords(backend(servers.slice(0, 1), { backend: 'app (g1, g2)' }))).toEqual([
    'g1 has weight 0: set weight app/g1 100',
  ]);
  expect(servers.map(statusWords)).toEqual([
    'UP, weight 0',
    'UP, weight 0',
    'DOWN',
    'MAINT',
    'UP, backup',
    'UP',
    'MAINT (resolution)',
  ]);
});
