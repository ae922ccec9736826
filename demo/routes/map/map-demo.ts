import type { Side } from '../../../src/release/vocabulary.ts';
import { demoConfig } from '../../bot-config.ts';
import { demoHaproxyConfig } from '../../fleet/haproxy-config.ts';
import { applicationSpecs, backendOf, demoServices, startingMap } from '../../fleet/services.ts';
import { auditSteps } from '../../script/audit-steps.ts';
import { lastLoadStep, loadSteps } from '../../script/load-steps.ts';
import { type HeldThen, releaseSteps } from '../../script/release-steps.ts';
import { rollbackSteps } from '../../script/rollback-steps.ts';
import type { DemoRoute } from '../route.ts';

const [first] = demoServices;
if (first === undefined) throw new Error('The demo has no service.');

const held: HeldThen = {
  start: { memory: 'blue', disk: 'blue' },
  switched: { memory: 'green', disk: 'blue' },
  completed: { memory: 'green', disk: 'green' },
  back: { memory: 'blue', disk: 'blue' },
};

/** The demo as it is without `--route`: two services over one map with a key per service. */
export const mapDemo: DemoRoute = {
  service: first.name,
  hosts: demoServices.map(({ host }) => host),
  applications: applicationSpecs,
  node: {
    map: startingMap,
    config: ({ folder, ...parts }) =>
      demoHaproxyConfig({ adminSocket: `${folder}/admin.sock`, ...parts }),
    holds: async (node, service) => ({
      memory: sideOf(service, await node.memory(service)),
      disk: sideOf(service, diskValue(node.disk(), service)),
    }),
  },
  config: demoConfig,
  tries: [
    '1. as Rita    /release checkout green because I want to see it move',
    '   as Ann     press Approve; then, as Rita, Accept',
    '2. as Rita    /rollback checkout because I liked blue better',
    '3. as anyone  /release-status checkout',
  ],
  hasUsers: false,
  steps: [
    ...loadSteps,
    ...releaseSteps(held),
    ...rollbackSteps(held.back),
    lastLoadStep,
    ...auditSteps,
  ],
};

/** Reads a key's value from a map file's text. */
function diskValue(text: string, key: string): string | undefined {
  const line = text.split('\n').find((one) => one.split(/\s+/)[0] === key);
  return line?.split(/\s+/)[1];
}

function sideOf(service: string, backend: string | undefined): Side | string {
  if (backend === undefined) return 'missing';
  if (backend === backendOf(service, 'blue')) return 'blue';
  if (backend === backendOf(service, 'green')) return 'green';
  return backend;
}
