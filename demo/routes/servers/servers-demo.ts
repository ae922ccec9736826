import type { HaproxyNode } from '../../../test/support/haproxy-node.ts';
import { serversPlay } from '../../script/servers-play.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';

const example = readExample('servers', { hasMap: false });

/** `examples/servers` on three nodes; its script is a short pause here. */
export const serversDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: false,
  applications: example.applications,
  node: {
    map: '',
    config: example.node,
    holds: async (node) => ({ memory: await statesOf(node), disk: '-' }),
  },
  config: (parts) =>
    example.config(parts, () => ({
      gates: { healthy_readings: 2, timeout: '20s' },
      hooks: {
        deploy: {
          run: [
            '/bin/sh',
            '-c',
            'echo "Starting $1 with version $2"; sleep 0.5',
            'restart.sh',
            '{server}',
            '{version}',
          ],
          timeout: '10s',
          idempotent: true,
        },
      },
    })),
  tries: [
    '1. as Rita    /release checkout version 2.0.0 because every server gets it in turn',
    '   as Ann     press Approve, and see a row per server',
    '2. as Olaf    /release drain checkout web1, then /release maint checkout web2',
    '   as Olaf    /release maint checkout web3: the last one is never taken',
    '3. as Olaf    /release ready checkout web1, /release ready checkout web2',
  ],
  steps: serversPlay,
};

/** `web1 UP, web2 DRAIN, web3 MAINT`, as `show stat` has it. */
async function statesOf(node: HaproxyNode): Promise<string> {
  const [head = '', ...rows] = (await node.ask('show stat app 4 -1'))
    .replace(/^# /, '')
    .split('\n');
  const columns = head.split(',');
  const of = (row: string, name: string) => row.split(',')[columns.indexOf(name)] ?? '';
  return rows
    .filter((row) => row !== '')
    .map((row) => `${of(row, 'svname')} ${of(row, 'status')}`)
    .join(', ');
}
