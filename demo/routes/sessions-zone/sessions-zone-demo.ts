import { sessionsPlay } from '../../script/sessions-play.ts';
import { request } from '../../traffic/fresh-load.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';

const example = readExample('sessions-zone-cookie', { hasMap: true });

/** `examples/sessions-zone-cookie` on three nodes. */
export const sessionsZoneDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: true,
  applications: example.applications,
  node: {
    map: example.map,
    config: example.node,
    holds: async (node) => {
      const [side, zone] = await Promise.all([node.memory(), node.memory('active.zone')]);
      const onDisk = (key: RegExp) => key.exec(node.disk())?.[1];
      return {
        memory: words(side, zone),
        disk: words(onDisk(/^active\s+(\S+)/m), onDisk(/^active\.zone\s+(\S+)/m)),
      };
    },
  },
  config: (parts) =>
    example.config(parts, ({ route }) => ({
      route: {
        ...route,
        idle: parts.pace.idle,
        ask_for: `${parts.nodes[0]?.frontend}/?zone={side}`,
      },
    })),
  tries: [
    '1. as Rita    /release checkout because new users shall see green first',
    '   as Ann     press Approve; then, as Rita, Accept, and see who stays on blue leave',
    '2. as Rita    /rollback checkout because I liked blue better',
    '   at the deadline, press Shut down sessions: the zone cookie counts no more',
  ],
  steps: sessionsPlay({
    held: {
      start: { memory: 'blue, zone off', disk: 'blue, zone off' },
      switched: { memory: 'green, zone on', disk: 'blue, zone off' },
      completed: { memory: 'green, zone off', disk: 'green, zone off' },
      back: { memory: 'blue, zone off', disk: 'blue, zone off' },
    },
    askFor: async (frontend, side) =>
      (await request(`${frontend}/release?zone=${side}`, 'www.example.com')).body,
  }),
};

function words(backend: string | undefined, zone: string | undefined): string {
  return `${backend?.replace(/^backend_/, '') ?? 'missing'}, zone ${zone ?? 'missing'}`;
}
