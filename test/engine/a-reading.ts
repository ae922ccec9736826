import {
  type Held,
  type NodeReading,
  noCounters,
  type ReachedNode,
} from '../../src/release/reading.ts';
import type { Release } from '../../src/release/release.ts';
import type { ServiceState } from '../../src/release/service-state.ts';
import { actor, backendName, nodeName, type Side } from '../../src/release/vocabulary.ts';

export const blue: Held = { kind: 'side', side: 'blue' };
export const green: Held = { kind: 'side', side: 'green' };

type Differences = Partial<Pick<ReachedNode, 'memory' | 'disk' | 'worker' | 'stopping'>>;

/** lb-1 as one worker answers it: on green, in memory and on disk, unless said otherwise. */
export function aReading(differences: Differences = {}): ReachedNode {
  const side = (name: Side): ReachedNode['sides'][Side] => ({
    side: name,
    backend: backendName(`backend_${name}`),
    exists: true,
    servers: [],
    counters: noCounters,
    sessions: 0,
    queued: 0,
  });
  return {
    kind: 'reached',
    node: nodeName('lb-1'),
    worker: { pid: 100, startedAt: Date.parse('2026-11-20T09:00:00Z') / 1000 },
    version: '2.6.12',
    stopping: false,
    level: 'admin',
    memory: green,
    disk: green,
    sides: { blue: side('blue'), green: side('green') },
    sharedWith: [],
    ...differences,
  };
}

export const away: NodeReading = { kind: 'unreachable', node: nodeName('lb-1'), why: 'nobody' };

/** The worker that a reload at 14:02 UTC has started. */
export const newWorker = { pid: 200, startedAt: Date.parse('2026-11-20T14:02:10Z') / 1000 };

/** `checkout`, accepted on green, unless said otherwise. */
export function aState(differences: Partial<ServiceState> = {}): ServiceState {
  return {
    service: 'checkout',
    accepted: { side: 'green', by: actor('U0RITA'), at: '2026-11-20T08:00:00.000Z' },
    switchedTo: 'green',
    versions: {},
    lastNumber: 1,
    ...differences,
  };
}

/** As much of an open release as the drift watch looks at. */
export function openAt(state: Release['state']): Release {
  return { id: 'checkout-2', state, plan: { from: 'blue', to: 'green' } } as unknown as Release;
}
