import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Reply } from '../../src/commands/command.ts';
import type { Service } from '../../src/config/config.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { Bench, checkoutOn } from './bench.ts';

let fleet: TestFleet;
let bench: Bench;

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});

beforeEach(() => {
  bench = new Bench(checkoutOn(fleet));
});

afterEach(async () => {
  await bench.end();
  for (const node of fleet.nodes) await node.ask(`set map ${node.mapFile} active backend_blue`);
});

afterAll(async () => {
  await fleet.end();
});

const release = { kind: 'release', service: 'checkout' } as const;
const approve = { kind: 'approve', of: 'checkout-1' } as const;
const memories = () => Promise.all(fleet.nodes.map((node) => node.memory()));
const textOf = (reply: Reply) => ('text' in reply ? reply.text : reply.kind);

test('nobody approves their own release, also with the role', async () => {
  bench.roles = { ...bench.roles, U0RITA: ['viewer', 'releaser', 'approver'] };
  await bench.ask('U0RITA', release);

  const reply = await bench.ask('U0RITA', approve);

  expect(reply).toEqual({
    kind: 'refused',
    text: 'Refused: you asked for checkout-1 yourself, and checkout wants a second person. Ask another approver.',
  });
  expect(bench.release('checkout-1').state).toBe('awaiting_approval');
  expect(bench.kinds('checkout-1')).toContain('refused');
});

test('what the face has to refuse is not asked, and is recorded like every other refusal', async () => {
  await bench.ask('U0RITA', release);

  const refusal = 'Refused: Slack does not tell whether @U0ANN belongs to this workspace.';
  const replies = [
    await bench.ask('U0ANN', approve, { refusal }),
    await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' }, { refusal }),
  ];

  expect(replies.map(textOf)).toEqual([refusal, refusal]);
  expect(bench.release('checkout-1').state).toBe('awaiting_approval');
  const rows = bench.store.history({ service: 'checkout', limit: 10 });
  expect(
    rows.filter(({ sentence }) => sentence.includes(refusal)).map(({ actor }) => actor),
  ).toEqual(['U0RITA', 'U0ANN']);
});

test('one rejection ends it; a later approval is told who decided', async () => {
  await bench.ask('U0RITA', release);

  await bench.ask('U0ANN', { kind: 'cancel', of: 'checkout-1' });
  const late = await bench.ask('U0BEN', approve);

  expect(bench.release('checkout-1').state).toBe('rejected');
  expect(textOf(late)).toContain('Too late to approve checkout-1: it is rejected');
  expect(textOf(late)).toContain('@U0ANN');
});

test('a service that needs a reason opens no release without one, and goes back without one', async () => {
  await bench.end();
  const approval = { approvers: 0, selfApproval: false, expiresMs: 60_000 };
  bench = new Bench(checkoutOn(fleet, { approval, reason: { ticket: 'OPS-\\d+' } }));

  const silent = await bench.ask('U0RITA', release);
  const finish = await bench.ask('U0RITA', { ...release, because: 'it is time' });
  const asked = await bench.ask('U0RITA', { ...release, because: 'OPS-7, it is time' });
  await bench.until('checkout-1', 'awaiting_acceptance');
  const back = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-1', 'aborted');

  expect([silent, finish, asked, back].map(({ kind }) => kind)).toEqual([
    'refused',
    'refused',
    'done',
    'done',
  ]);
  expect(textOf(silent)).toContain('needs a reason that names a ticket (pattern `OPS-\\d+`)');
});

test('no decision before the deadline ends it as expired', async () => {
  await bench.end();
  bench = new Bench(
    checkoutOn(fleet, { approval: { approvers: 1, selfApproval: false, expiresMs: 50 } }),
  );

  await bench.ask('U0RITA', release);
  const expired = await bench.until('checkout-1', 'expired');

  expect(expired.ended?.by).toBe('system:expiry');
});

test('two approvers are two people', async () => {
  await bench.end();
  bench = new Bench(
    checkoutOn(fleet, { approval: { approvers: 2, selfApproval: false, expiresMs: 60_000 } }),
  );
  await bench.ask('U0RITA', release);

  await bench.ask('U0ANN', approve);
  const twice = await bench.ask('U0ANN', approve);
  const between = bench.release('checkout-1').state;
  await bench.ask('U0BEN', approve);
  await bench.until('checkout-1', 'awaiting_acceptance');

  expect(textOf(twice)).toBe(
    'You have approved checkout-1 already; it needs 2 different approvers.',
  );
  expect(between).toBe('awaiting_approval');
});

test('an approver who lost the role before the plan runs: nothing is moved', async () => {
  await bench.ask('U0RITA', release);

  const approving = bench.ask('U0ANN', approve);
  await approving;
  bench.roles = { ...bench.roles, U0ANN: ['viewer'] };
  const failed = await bench.until('checkout-1', 'failed');

  expect(failed.ended?.sentence).toContain(
    '@U0ANN approved it, and no longer holds the role approver',
  );
  expect(await memories()).toEqual(['backend_blue', 'backend_blue']);
});

test('group memberships that cannot be read refuse everything but going back', async () => {
  await bench.ask('U0RITA', release);
  await bench.ask('U0ANN', approve);
  await bench.until('checkout-1', 'awaiting_acceptance');
  bench.membership = 'old';

  const accept = await bench.ask('U0RITA', { kind: 'accept', of: 'checkout-1' });
  const back = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-1', 'aborted');
  const row = bench.store.rowsOf('checkout-1').find(({ what }) => what.kind === 'going_back');

  expect(accept.kind).toBe('refused');
  expect(back.kind).toBe('done');
  expect(row?.what).toMatchObject({ membership: expect.stringContaining('2026-11-20') });
});

test('the world that moved after the plan voids the approvals and asks again', async () => {
  await bench.ask('U0RITA', release);
  const before = bench.release('checkout-1').planDigest;
  for (const node of fleet.nodes) node.writeDisk('# a new first line\nactive backend_green\n');

  await bench.ask('U0ANN', approve);
  await bench.until('checkout-1', 'awaiting_approval').then(() => waitForReplan());
  const stale = await bench.ask('U0BEN', { ...approve, seen: before.slice(0, 12) });
  for (const node of fleet.nodes) node.writeDisk('active backend_blue\n');

  expect(bench.release('checkout-1').approvals).toEqual([]);
  expect(textOf(stale)).toContain(
    'the plan of checkout-1 has changed since the message you pressed on',
  );
});

test.each([
  ['no approval', { approvers: 0, selfApproval: false }],
  ['the own approval', { approvers: 1, selfApproval: true }],
])(
  'a release that waits for approvals needs as many although the service now wants %s',
  async (_, laxer) => {
    const { services } = bench.config;
    const service = services.get('checkout');
    if (service === undefined) throw new Error('There is no checkout.');
    bench.roles = { ...bench.roles, U0RITA: ['viewer', 'releaser', 'approver'] };
    await bench.ask('U0RITA', release);
    await bench.close();
    const approval = { ...service.approval, ...laxer };
    (services as Map<string, Service>).set('checkout', {
      ...service,
      approval,
      digest: 'e'.repeat(64),
    });

    bench.open();
    await waitForReplan();
    const { plan, state } = bench.release('checkout-1');
    const own = await bench.ask('U0RITA', approve);
    await bench.ask('U0ANN', approve);
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect([state, plan.approvers, plan.selfApproval]).toEqual(['awaiting_approval', 1, false]);
    expect(textOf(own)).toMatch(/^Refused: you asked for checkout-1 yourself/);
  },
);

async function waitForReplan(): Promise<void> {
  while (!bench.kinds('checkout-1').includes('replanned')) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('eleven copies of one press have one effect', async () => {
  await bench.ask('U0RITA', release);

  const replies = await Promise.all(
    Array.from({ length: 11 }, () => bench.ask('U0ANN', approve, { request: 'press:1' })),
  );
  await bench.until('checkout-1', 'awaiting_acceptance');

  expect(replies.filter(({ kind }) => kind === 'done')).toHaveLength(1);
  expect(bench.kinds('checkout-1').filter((kind) => kind === 'approved')).toHaveLength(1);
});

test('two people in a race: one release is opened, the other is told who holds the lock', async () => {
  const replies = await Promise.all([
    bench.ask('U0RITA', release),
    bench.ask('U0RITA', { ...release, because: 'me too' }),
  ]);

  const [won, lost] = replies.sort((a) => (a.kind === 'done' ? -1 : 1));
  expect(won?.kind).toBe('done');
  expect(lost && textOf(lost)).toContain('checkout-1 is open since');
  expect(bench.store.openReleases()).toHaveLength(1);
});

test('a locked service refuses releases with owner and reason, and never a rollback', async () => {
  await bench.ask('U0OLAF', { kind: 'lock', service: 'checkout', because: 'Black Friday' });

  const refused = await bench.ask('U0RITA', release);
  const rollback = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });

  expect(textOf(refused)).toContain('@U0OLAF locked checkout');
  expect(textOf(refused)).toContain('Black Friday');
  expect(textOf(rollback)).not.toContain('locked');
});

test('a journal that does not verify begins nothing new, and still goes back', async () => {
  await bench.ask('U0RITA', release);
  await bench.ask('U0ANN', approve);
  await bench.until('checkout-1', 'awaiting_acceptance');
  bench.journalFault = 'Not verified: row 7 was changed.';

  const back = await bench.ask('U0RITA', { kind: 'rollback', service: 'checkout' });
  await bench.until('checkout-1', 'aborted');
  const refused = await bench.ask('U0RITA', release);

  expect(back.kind).toBe('done');
  expect(textOf(refused)).toContain('the journal does not verify');
});

test('who asks on the command line and approves in Slack is one person', async () => {
  bench.roles = {
    ...bench.roles,
    'cli:rita': ['viewer', 'releaser'],
    U0RITA: ['viewer', 'approver'],
  };
  await bench.ask('cli:rita', release);

  const reply = await bench.ask('U0RITA', approve);

  expect(textOf(reply)).toContain('you asked for checkout-1 yourself');
});

test('whom `people` does not name may be anybody: one more approval, so that one may be the asker’s own', async () => {
  bench.roles = { ...bench.roles, 'cli:root': ['viewer', 'releaser'] };

  const asked = await bench.ask('cli:root', release);
  await bench.ask('U0ANN', approve);
  const withOne = bench.release('checkout-1');
  await bench.ask('U0BEN', approve);
  await bench.until('checkout-1', 'awaiting_acceptance');

  expect(textOf(asked)).toContain('It waits for 2 approvals');
  expect([withOne.state, withOne.plan.approvers]).toEqual(['awaiting_approval', 2]);
});
