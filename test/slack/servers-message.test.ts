import type { TableBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { showReply } from '../../src/cli/show-reply.ts';
import type { Reply, ServersStatus } from '../../src/commands/command.ts';
import type { ServerHeld, ServersReading } from '../../src/engine/ports.ts';
import { judgeServersDrift } from '../../src/engine/servers/judge-servers-drift.ts';
import { readStatus } from '../../src/haproxy/server-health.ts';
import {
  backendName,
  nodeName,
  type ServerState,
  serverName,
} from '../../src/release/vocabulary.ts';
import { replyMessage } from '../../src/slack/reply-message.ts';
import { noon } from './a-release.ts';

function held(name: string, state: ServerState, status: string): ServerHeld {
  return {
    name: serverName(name),
    address: '10.0.0.1:80',
    state,
    status,
    check: 'L7OK 200',
    ...readStatus(status, 'L7OK'),
    sessions: 3,
    limit: null,
    throttle: null,
    weight: 100,
    backup: false,
  };
}

function reached(node: string, servers: readonly ServerHeld[]): ServersReading {
  return {
    kind: 'reached',
    node: nodeName(node),
    worker: { pid: 1, startedAt: 1 },
    version: '2.6.12',
    stopping: false,
    level: 'admin',
    exists: true,
    servers,
  };
}

const state = {
  service: 'shop',
  versions: {},
  lastNumber: 4,
  servers: { desired: { b1: 'drain' as const }, release: 'shop-3', version: '1.5.0' },
};
const readings = [
  reached('lb-1', [held('b1', 'drain', 'DRAIN'), held('b2', 'ready', 'UP')]),
  reached('lb-2', [held('b1', 'ready', 'UP'), held('b2', 'ready', 'DOWN')]),
  { kind: 'unreachable', node: nodeName('lb-3'), why: 'it is gone' } as const,
];
const status: ServersStatus = {
  state,
  backend: backendName('app'),
  nodes: readings.map((reading) => judgeServersDrift(reading, state.servers)),
};
const servers: Reply = { kind: 'servers', status, at: noon };
const overview: Reply = { kind: 'overview', services: [], servers: [status], at: noon };
const look = { colour: false, timezone: 'UTC' };

function rowsOf(reply: Reply): readonly string[] {
  const found = replyMessage(reply, 'UTC')?.blocks?.find(({ type }) => type === 'table');
  return (found as TableBlock).rows.map((row) =>
    row.map((cell) => ('text' in cell ? String(cell.text) : '')).join(' | '),
  );
}

test('the status has a row per node and server, what needs eyes first', () => {
  expect(rowsOf(servers)).toEqual([
    'Node | Verdict | Server | State | Desired | Health | Check | Sessions',
    'lb-2 | ⚠ drifted | b1 | ⚠ ready | drain | UP | L7OK 200 | 3',
    'lb-2 | · | b2 | ready | – | ⚠ DOWN | L7OK 200 | 3',
    'lb-3 | ⚠ unreachable | – | – | – | – | – | –',
    'lb-1 | in sync | b1 | drain | drain | DRAIN | L7OK 200 | 3',
    'lb-1 | · | b2 | ready | – | UP | L7OK 200 | 3',
  ]);
  expect(replyMessage(servers, 'UTC')?.text).toContain('⚠ lb-2 has b1 ready, not drain.');
});

test('among all services it has one line', () => {
  expect(rowsOf(overview)).toEqual([
    'Service | Active | Versions | Open release | Nodes | Rollback ready',
    'shop | servers of app | 1.5.0 | – | ⚠ 1 in sync, 1 drifted, 1 unreachable | –',
  ]);
});

test('the command line shows the same', () => {
  const lines = showReply(look, servers);

  expect(lines[0]).toBe('shop · servers of app · 1.5.0');
  expect(lines.map((line) => line.replace(/\s+/g, ' ').trim())).toEqual(
    expect.arrayContaining([
      'NODE VERDICT SERVER STATE DESIRED HEALTH CHECK SESSIONS',
      'lb-1 in sync b1 drain drain DRAIN L7OK 200 3',
      'lb-2 drifted b1 ready drain UP L7OK 200 3',
      'lb-3 unreachable ?',
      'lb-2 has b1 ready, not drain.',
      'lb-3 does not answer: it is gone.',
    ]),
  );
  expect(showReply(look, overview).join('\n')).toContain('servers of app');
});
