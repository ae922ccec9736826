import { expect, test } from 'vitest';
import type { ObservedServer } from '../../src/release/plan.ts';
import { movementWords } from '../../src/release/plan-words.ts';
import {
  makeRollingPlan,
  makeStatePlan,
  type ServersSettings,
} from '../../src/release/servers-plan.ts';
import { serversStepSentence } from '../../src/release/servers-step-sentence.ts';
import type { ServersTarget } from '../../src/release/target.ts';
import { backendName, nodeName, serverName } from '../../src/release/vocabulary.ts';

const names = ['b1', 'b2', 'b3'].map(serverName);
const target: ServersTarget = {
  kind: 'servers',
  backend: backendName('app'),
  servers: names,
  batch: 2,
  nodes: ['lb-1', 'lb-2'].map((name) => ({
    node: nodeName(name),
    runtime: `unix:///run/${name}.sock`,
    frontend: 'http://127.0.0.1:80',
  })),
};
const observed: readonly ObservedServer[] = target.nodes.flatMap(({ node }) =>
  names.map((server) => ({ node, server, state: 'ready' as const })),
);
const settings: ServersSettings = {
  name: 'shop',
  approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 },
  gates: { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 30_000 },
  drain: { timeoutMs: 600_000, then: 'wait' },
  digest: 'd'.repeat(64),
};

test('a rolling release takes the servers in the order of the backend, so many at a time', () => {
  const plan = makeRollingPlan({ target, observed, version: '1.4.2' }, settings);

  const take = {
    kind: 'take',
    drain: { timeoutMs: 600_000, then: 'wait' },
    healthy: { timeoutMs: 30_000, readings: 2 },
  };
  expect(plan).toEqual({
    kind: 'rolling',
    service: 'shop',
    version: '1.4.2',
    target,
    observed,
    approvers: 1,
    selfApproval: false,
    approvalMs: 60_000,
    configDigest: 'd'.repeat(64),
    steps: [
      { ...take, servers: ['b1', 'b2'] },
      { ...take, servers: ['b3'] },
    ],
  });
  expect(movementWords(plan)).toBe('app: b1 + b2, then b3');
  expect(plan.steps.map((step) => serversStepSentence(step, plan))[1]).toBe(
    'Drain app/b3 on lb-1, lb-2, wait for sessions at most 10 min (then ask), set to maint, set to ready, and wait at most 30 s until healthy.',
  );
});

test("an operator's word on one server needs no approval and looks at that server alone", () => {
  const plan = makeStatePlan(
    { target, observed },
    [{ server: serverName('b2'), state: 'drain' }],
    settings,
  );

  expect(plan).toMatchObject({
    kind: 'state',
    approvers: 0,
    observed: [
      { node: 'lb-1', server: 'b2', state: 'ready' },
      { node: 'lb-2', server: 'b2', state: 'ready' },
    ],
    steps: [{ kind: 'set', server: 'b2', state: 'drain' }],
  });
  expect(movementWords(plan)).toBe('app/b2 → drain');
  expect(plan.steps.map((step) => serversStepSentence(step, plan))).toEqual([
    'Set app/b2 to drain on lb-1, lb-2.',
  ]);
});
