import { readFileSync } from 'node:fs';
import type { HaproxyNode } from '../../../test/support/haproxy-node.ts';
import type { HeldWords } from '../../fleet/setup.ts';
import { auditSteps } from '../../script/audit-steps.ts';
import { countingLoadStep, loadSteps } from '../../script/load-steps.ts';
import { type HeldThen, releaseSteps } from '../../script/release-steps.ts';
import { rollbackSteps } from '../../script/rollback-steps.ts';
import { startAgentLoad } from '../../traffic/agent-load.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';

const example = readExample('config-reload', { hasMap: false });

const held: HeldThen = {
  start: { memory: 'blue', disk: 'blue' },
  switched: { memory: 'green', disk: 'green' },
  completed: { memory: 'green', disk: 'green' },
  back: { memory: 'blue', disk: 'blue' },
};

/** `examples/config-reload` on three nodes: every switch is a reload, and how many requests it costs is told. */
export const configDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: false,
  // A reload tells clients to leave: the load is one that listens.
  keep: startAgentLoad,
  applications: example.applications,
  node: { map: '', config: example.node, holds, restMs: 1_100 },
  config: (parts) => example.config(parts, () => ({})),
  tries: [
    '1. as Rita    /release checkout green because I want to see it reload',
    '   as Ann     press Approve; then, as Rita, Accept',
    '2. as Rita    /rollback checkout because I liked blue better',
    '3. as anyone  /release-status checkout',
  ],
  steps: [
    ...loadSteps,
    ...releaseSteps(held),
    ...rollbackSteps(held.back),
    countingLoadStep,
    ...auditSteps,
  ],
};

/** Who answers, and what the file says. */
async function holds(node: HaproxyNode): Promise<HeldWords> {
  const { body } = await node.get();
  const text = readFileSync(node.configFile, 'utf8');
  return {
    memory: /^version=(\w+)/.exec(body)?.[1] ?? body.trim(),
    disk: /^ {4}default_backend backend_(\S+)/m.exec(text)?.[1] ?? 'missing',
  };
}
