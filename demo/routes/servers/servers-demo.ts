import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HaproxyNode } from '../../../test/support/haproxy-node.ts';
import { putPrograms } from '../../programs/put-programs.ts';
import { serversPlay } from '../../script/servers-play.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';

const example = readExample('servers', { hasMap: false });
const scripts = fileURLToPath(new URL('../../../examples/servers/hooks', import.meta.url));

/** `examples/servers` on three nodes: its script runs, with a small stand-in for ssh. */
export const serversDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: false,
  applications: example.applications,
  node: {
    map: '',
    config: example.node,
    holds: async (node) => ({ memory: await statuses(node), disk: '-' }),
  },
  programs: (folder, { control }) => {
    cpSync(scripts, join(folder, 'hooks'), { recursive: true });
    return putPrograms(folder, ['ssh'], control);
  },
  config: (parts) =>
    example
      .config(parts, () => ({}))
      .replaceAll('/etc/pointsman/hooks', join(parts.folder, 'hooks')),
  tries: [
    '1. as Rita    /release checkout version 2.0.0 because each server in turn gets it',
    '   as Ann     press Approve, and see the table',
    '2. as Olaf    /release maint checkout web2 because its disk is full',
    '3. as Rita    /release checkout version 3.0.0-broken stops at the second server',
  ],
  steps: serversPlay,
};

/** `web1 UP, web2 MAINT, web3 UP`, as `show stat` has it. */
async function statuses(node: HaproxyNode): Promise<string> {
  const rows = (await node.ask('show stat app 4 -1')).split('\n').slice(1);
  return rows
    .filter((row) => row !== '')
    .map((row) => row.split(','))
    .map((cells) => `${cells[1]} ${cells[17]}`)
    .join(', ');
}
