import { expect, test } from 'vitest';
import type { Room } from '../../src/commands/room.ts';
import { status } from '../../src/commands/status.ts';
import { isSidePlan } from '../../src/release/plan.ts';
import type { NodeReading } from '../../src/release/reading.ts';
import { aReading, aRelease } from '../slack/a-release.ts';
import { TestClock } from '../support/clock.ts';

/** One node, which another reading finds on green; a write comes while it is read for the first time. */
function roomWhere(isWritten: (reading: number) => boolean): { room: Room; read: () => number } {
  const { plan } = aRelease({ nodes: 1 }).release;
  if (!isSidePlan(plan)) throw new Error('no sides');
  const clock = new TestClock('2026-03-01T12:00:00.000Z');
  let readings = 0;
  const rows: { seq: number; what: { kind: 'intent' } }[] = [];
  const reading = async (): Promise<NodeReading> => {
    readings += 1;
    clock.advance(1_000);
    if (isWritten(readings)) rows.push({ seq: readings, what: { kind: 'intent' } });
    return aReading('lb-1', readings === 1 ? 'blue' : 'green');
  };
  const deps = {
    clock,
    config: {
      services: new Map([
        ['checkout', { name: 'checkout', target: plan.target, approval: { approvers: 1 } }],
      ]),
    },
    journal: {
      service: () => ({ service: 'checkout', lastNumber: 1, versions: {} }),
      rowsOf: () => rows,
    },
    route: () => ({ read: reading, oldWorkers: async () => undefined }),
  };
  const room = { engine: { deps, openRelease: () => undefined }, asker: { actor: 'U0SAM' } };
  return { room: room as unknown as Room, read: () => readings };
}

test.each([
  ['nothing is written meanwhile', () => false, 1, 'blue', '12:00:00'],
  ['it is written to while it is read', (n: number) => n === 1, 2, 'green', '12:00:01'],
  ['it is written to without a pause', () => true, 3, 'green', '12:00:02'],
] as const)(
  'a service where %s: what is shown is read after the last write, or not waited for, and has its time',
  async (_name, isWritten, readings, memory, at) => {
    const { room, read } = roomWhere(isWritten);

    const reply = await status(room, { kind: 'status', service: 'checkout' });

    expect(read()).toBe(readings);
    expect(reply).toMatchObject({
      kind: 'service',
      at: { at: `2026-03-01T${at}.000Z` },
      status: { nodes: [{ reading: { memory: { side: memory } } }] },
    });
  },
);
