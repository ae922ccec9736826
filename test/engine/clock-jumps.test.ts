import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/engine/ports.ts';
import { systemClock } from '../../src/engine/system-clock.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import type { ReleaseState } from '../../src/release/states.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

const hourMs = 3_600_000;

/** The machine's clocks, the wall clock set by somebody now and then; the monotonic one cannot be set. */
class SetClock implements Clock {
  #offMs = 0;
  readonly #real = systemClock();

  now() {
    const { at, ...mono } = this.#real.now();
    return { ...mono, at: new Date(Date.parse(at) + this.#offMs).toISOString() };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#real.sleep(ms, signal);
  }

  jump(ms: number): void {
    this.#offMs += ms;
  }
}

let fleet: TestFleet;
let clock: SetClock;
let bench: Bench;

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());
afterEach(async () => {
  await bench.end();
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
});

function open(rules: Parameters<typeof checkoutOn>[1]): void {
  clock = new SetClock();
  bench = new Bench(checkoutOn(fleet, rules), { clock });
}

/** Milliseconds between two rows, by the clock that nobody can set. */
function between(from: string, to: string): number {
  const [begun, over] = [from, to].map(
    (kind) => bench.store.rowsOf('checkout-1').find(({ what }) => what.kind === kind)?.instant.mono,
  );
  return (over ?? Number.NaN) - (begun ?? Number.NaN);
}

async function ended(id: string, state: ReleaseState): Promise<number> {
  return (await bench.until(id, state)).ended?.durationMs ?? Number.NaN;
}

describe.each([
  ['an hour ahead', hourMs],
  ['an hour back', -hourMs],
])('a wall clock that is set %s', (_, jumpMs) => {
  test('at every stop of a release changes nothing of it', async () => {
    open({
      bake: { forMs: 300, errorRate: 0.01, latency: 2, minimumRequests: 1 },
      acceptance: { remindMs: 600_000, expiresMs: 600_000 },
      drain: { timeoutMs: 60_000, then: 'wait' },
    });
    const begun = performance.now();

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    clock.jump(jumpMs);
    await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
    await bench.until('checkout-1', 'baking');
    clock.jump(jumpMs);
    await bench.until('checkout-1', 'awaiting_acceptance');
    clock.jump(jumpMs);
    bench.engine.wake('checkout-1');
    await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
    clock.jump(-2 * jumpMs);
    const took = await ended('checkout-1', 'completed');

    expect(took).toBeLessThan(performance.now() - begun);
    expect(took).toBeGreaterThan(300);
    expect(bench.kinds('checkout-1')).not.toContain('reminded');
    expect(verifyJournal(bench.store.path).kind).toBe('verified');
    expect(bench.complaints).toEqual([]);
  });

  test('does not move the end of an approval', async () => {
    open({ approval: { approvers: 1, selfApproval: false, expiresMs: 1_000 } });

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    clock.jump(jumpMs);
    bench.engine.wake('checkout-1');
    await bench.until('checkout-1', 'expired');

    expect(between('awaiting_approval', 'ended')).toBeGreaterThanOrEqual(999);
    expect(between('awaiting_approval', 'ended')).toBeLessThan(3_000);
  });

  test('does not move the end of a wait for acceptance', async () => {
    open({
      approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
      acceptance: { remindMs: 600_000, expiresMs: 1_000 },
    });

    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });
    await bench.until('checkout-1', 'awaiting_acceptance');
    clock.jump(jumpMs);
    bench.engine.wake('checkout-1');
    await bench.until('checkout-1', 'rolled_back');

    expect(between('acceptance_awaited', 'going_back')).toBeGreaterThanOrEqual(999);
    expect(between('acceptance_awaited', 'going_back')).toBeLessThan(3_500);
  });

  test('between a stop and the next start of one boot keeps an approval that is in time', async () => {
    open({ approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 } });
    await bench.ask('U0RITA', { kind: 'release', service: 'checkout' });

    await bench.close();
    clock.jump(jumpMs);
    bench.open();
    await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
    const release = await bench.until('checkout-1', 'awaiting_acceptance');

    expect(release.approvals.map(({ by }) => by)).toEqual(['U0ANN']);
  });
});
