import { expect, test } from 'vitest';
import type { ServerHeld } from '../../../src/engine/ports.ts';
import { whyNoneStays } from '../../../src/engine/servers/one-stays.ts';
import { readStatus } from '../../../src/haproxy/server-health.ts';
import { serverName } from '../../../src/release/vocabulary.ts';

const web1 = serverName('web1');
const server = (name: string, state: ServerHeld['state'], isUp: boolean): ServerHeld => ({
  name: serverName(name),
  address: '127.0.0.1:80',
  state,
  status: isUp ? 'UP' : 'DOWN',
  check: '',
  ...readStatus(isUp ? 'UP' : 'DOWN', ''),
  sessions: 0,
  limit: null,
  throttle: null,
  weight: 1,
  backup: false,
});

test('a server in drain still serves its users: it is not set to maint while no other one is healthy', () => {
  const others = [server('web2', 'ready', false)];

  expect(whyNoneStays({ servers: [server('web1', 'drain', true), ...others] }, [web1])).toBe(
    'without web1 no healthy server is left: web2 is ready, DOWN',
  );
  expect(
    whyNoneStays({ servers: [server('web1', 'maint', true), ...others] }, [web1]),
  ).toBeUndefined();
});
