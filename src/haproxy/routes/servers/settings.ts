import { z } from 'zod';
import { haproxyName, section, wholeNumber } from '../../../config/file-leaves.ts';
import { nodeTarget } from '../../../config/node-target.ts';
import { type RouteSettings, routeForm } from '../../../config/route-settings.ts';
import type { ServersTarget } from '../../../release/target.ts';
import { backendName } from '../../../release/vocabulary.ts';
import { serversClaim } from '../../servers/servers-claim.ts';

/** So many servers fit into one line for HAProxy, whatever their names are. */
const largestBatch = 25;

const keys = {
  route: section({
    kind: z.literal('servers', { error: 'servers' }),
    backend: haproxyName("a backend's name"),
    batch: wholeNumber(1, largestBatch).default(1),
  }),
};

const form = routeForm(keys, ({ settings: { route }, nodes }) => {
  const target: ServersTarget = {
    kind: 'servers',
    backend: backendName(route.backend),
    servers: [],
    batch: route.batch,
    nodes: nodes.map(nodeTarget),
  };
  return { kind: 'target', target, claim: serversClaim(target.nodes, target.backend) };
});

/** `route: { kind: servers, backend: <name>, batch: <servers at once> }`, without sides. */
export const serversSettings: RouteSettings = { kind: 'servers', formOf: () => form };
