import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Applications } from '../../fleet/applications.ts';
import { putPrograms } from '../../programs/put-programs.ts';
import { deploySteps } from '../../script/deploy-steps.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';

const example = readExample('deploy-cycle', { hasMap: true });
const scripts = fileURLToPath(new URL('../../../examples/deploy-cycle/hooks', import.meta.url));

/** `examples/deploy-cycle` on three nodes: its scripts run, with small stand-ins for docker and curl. */
export const deployDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: false,
  applications: example.applications.map((one) => ({ ...one, stopped: one.side === 'green' })),
  node: {
    map: example.map,
    config: example.node,
    holds: async (node) => {
      const value = /^active\s+(\S+)/m.exec(node.disk())?.[1];
      return { memory: sideIn(await node.memory()), disk: sideIn(value) };
    },
  },
  programs,
  config: (parts) =>
    example
      .config(parts, () => ({}))
      .replaceAll('/etc/pointsman/hooks', join(parts.folder, 'hooks')),
  tries: [
    '1. as Rita    /release checkout version 2.0.0 because green is not even running',
    '   as Ann     press Approve, and see the scripts in the thread; then, as Rita, Accept',
    '2. as Rita    /release finish checkout',
    '   as Ann     press Approve: the same version is deployed to blue, and traffic moves back',
  ],
  steps: deploySteps,
};

function sideIn(backend: string | undefined): string {
  return backend?.replace(/^backend_/, '') ?? 'missing';
}

/** The example's scripts, on the demo's ports, and what they call. */
function programs(folder: string, { all, control }: Applications): string {
  const hooks = join(folder, 'hooks');
  cpSync(scripts, hooks, { recursive: true });
  const pauseJobs = join(hooks, 'pause-jobs.sh');
  writeFileSync(
    pauseJobs,
    all.reduce(
      (text, { side, port }) => text.replace(side === 'blue' ? '8001' : '8101', String(port)),
      readFileSync(pauseJobs, 'utf8'),
    ),
  );
  return putPrograms(folder, ['docker', 'curl'], control);
}
