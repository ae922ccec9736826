import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { HookPlan, HookPoint } from '../../../src/release/plan.ts';
import type { Release } from '../../../src/release/release.ts';
import type { ReleaseState } from '../../../src/release/states.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Bench, type BenchOptions, checkoutOn } from '../bench.ts';

/** The present test's own. */
export let fleet: TestFleet;
export let bench: Bench;
export let folder: string;
const requests: ClientRequest[] = [];

/** Two nodes and an empty folder for every test of the file. */
export function withHooks(map = 'active backend_blue\n'): void {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pm-engine-hooks-'));
    fleet = await aFleet().withNodes(2).withMap(map).start();
  });

  afterEach(async () => {
    for (const one of requests.splice(0)) one.destroy();
    await bench.end();
    await fleet.end();
    rmSync(folder, { recursive: true, force: true });
  });
}

const noApproval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
/** Every point there is. */
export const points = [
  'migrate',
  'deploy',
  'before_switch',
  'after_switch',
  'after_rollback',
  'after_completed',
] as const satisfies readonly HookPoint[];

export const hook = (script: string, more: Partial<HookPlan> = {}): HookPlan =>
  ({
    kind: 'run',
    argv: ['sh', '-c', script],
    environment: [],
    timeoutMs: 20_000,
    idempotent: false,
    pointOfNoReturn: false,
    ...more,
  }) as HookPlan;

/** A hook that notes its words in a file. */
export const noting = (more = ''): HookPlan =>
  hook(
    `echo "$POINTSMAN_HOOK $POINTSMAN_SIDE $POINTSMAN_OTHER_SIDE $POINTSMAN_VERSION" >> ${join(folder, 'ran')}; ${more}`,
  );
/** A hook that runs until the file `go` is there. */
export const waiting = (more: Partial<HookPlan> = {}): HookPlan =>
  hook(
    `echo x >> ${join(folder, 'ran')}; while [ ! -e ${join(folder, 'go')} ]; do sleep 0.02; done`,
    more,
  );
export const ran = (): readonly string[] => {
  const file = join(folder, 'ran');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim());
};
export const letGo = (): void => writeFileSync(join(folder, 'go'), '');
export const begun = () => waitUntil(() => ran().length > 0, { what: 'the hook to have begun' });

export function open(
  hooks: Partial<Record<HookPoint, HookPlan>>,
  rules: Parameters<typeof checkoutOn>[1] = {},
  options: BenchOptions = {},
): void {
  bench = new Bench(checkoutOn(fleet, { approval: noApproval, hooks, ...rules }), options);
}

export const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
export const on = (side: string) => Array(2).fill(`backend_${side}`);
export const ask = () =>
  bench.ask('U0RITA', { kind: 'release', service: 'checkout', version: '2' });
export const rollback = (user: string, id = 'checkout') =>
  bench.ask(user, { kind: 'rollback', service: id });
export const loud = () =>
  bench.store
    .pending()
    .flatMap(({ announcement: one }) => (one.kind === 'broadcast' ? [one.text] : []));
export const notes = () =>
  bench.store.pending().flatMap(({ announcement: one }) => (one.kind === 'note' ? [one.text] : []));

export async function released(state: ReleaseState = 'awaiting_acceptance'): Promise<Release> {
  await ask();
  return bench.until('checkout-1', state);
}

export async function accepted(state: ReleaseState = 'completed'): Promise<Release> {
  await released();
  await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  return bench.until('checkout-1', state);
}

/** A request through a node that stays open on the active side. */
export function hold(node: number): ClientRequest {
  const url = new URL('/hold', fleet.node(node).frontend);
  const one = request(url, { headers: { host: 'www.example.com' } }).on('error', () => undefined);
  one.end();
  requests.push(one);
  return one;
}
