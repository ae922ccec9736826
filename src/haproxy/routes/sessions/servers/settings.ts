import { z } from 'zod';
import { haproxyName, section } from '../../../../config/file-leaves.ts';
import { nodeTarget } from '../../../../config/node-target.ts';
import { routeForm } from '../../../../config/route-settings.ts';
import { backendName, serverName } from '../../../../release/vocabulary.ts';
import { serversClaim } from '../../../servers/servers-claim.ts';
import { stayKeys, stayTraits } from '../stay/settings.ts';
import type { ByServersTarget } from './by-servers-target.ts';

/** All of them stand on one line, and a line has 8 KiB. */
const mostServers = 50;

const server = haproxyName("a server's name");
const servers = z
  .array(server, { error: "a list of servers' names" })
  .min(1, { error: 'at least one server' })
  .max(mostServers, { error: `at most ${mostServers} servers` });

const keys = {
  route: section({
    kind: z.literal('sessions', { error: 'sessions' }),
    by: z.literal('servers', { error: 'servers' }),
    backend: haproxyName("a backend's name"),
    ...stayKeys,
  }),
  sides: section({ blue: servers, green: servers }).superRefine(({ blue, green }, context) => {
    const twice = [...blue, ...green].find((name, i, all) => all.indexOf(name) < i);
    if (twice === undefined) return;
    const params = { hint: `${twice} stands there twice; a server is on one side` };
    context.addIssue({ code: 'custom', message: 'each server once', params });
  }),
};

/** `route: { kind: sessions, by: servers, backend: app, idle: 30m }` with lists of its servers as sides. */
export const byServersForm = routeForm(keys, ({ settings, nodes }) => {
  const { route, sides } = settings;
  const own = { blue: sides.blue.map(serverName), green: sides.green.map(serverName) };
  const target: ByServersTarget = {
    kind: 'sessions',
    by: 'servers',
    backend: backendName(route.backend),
    servers: own,
    sides: { blue: own.blue.join(', '), green: own.green.join(', ') },
    traits: stayTraits(route, 'none'),
    nodes: nodes.map(nodeTarget),
  };
  const claim = serversClaim(target.nodes, target.backend);
  return { kind: 'target', target, claim };
});
