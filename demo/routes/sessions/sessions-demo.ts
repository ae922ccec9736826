import { sessionsPlay } from '../../script/sessions-play.ts';
import { request } from '../../traffic/fresh-load.ts';
import { readExample } from '../from-example.ts';
import type { DemoRoute } from '../route.ts';
import { serverWords } from './server-words.ts';

const example = readExample('sessions-servers', { hasMap: false });

/** `examples/sessions-servers` on three nodes. */
export const sessionsDemo: DemoRoute = {
  service: 'checkout',
  hosts: ['www.example.com'],
  hasUsers: true,
  applications: example.applications,
  node: {
    map: '',
    config: example.node,
    holds: async (node) => ({ memory: await serverWords(node), disk: '-' }),
  },
  config: (parts) =>
    example.config(parts, ({ route }) => ({
      route: {
        ...route,
        idle: parts.pace.idle,
        ask_for: `${parts.nodes[0]?.frontend}/?side={side}`,
      },
    })),
  tries: [
    '1. as Rita    /release checkout because new users shall see green first',
    '   as Ann     press Approve; then, as Rita, Accept, and see who stays on blue leave',
    '2. as Rita    /rollback checkout because I liked blue better',
    '   at the deadline, press Shut down sessions: green goes into maintenance',
  ],
  steps: sessionsPlay({
    held: {
      start: { memory: 'blue UP, green MAINT', disk: '-' },
      switched: { memory: 'blue DRAIN, green UP', disk: '-' },
      completed: { memory: 'blue MAINT, green UP', disk: '-' },
      back: { memory: 'blue UP, green MAINT', disk: '-' },
    },
    askFor: async (frontend, side) =>
      (await request(`${frontend}/release?side=${side}`, 'www.example.com')).body,
  }),
};
