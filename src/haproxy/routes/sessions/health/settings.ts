import { z } from 'zod';
import { duration, haproxyName, section, textRead } from '../../../../config/file-leaves.ts';
import { nodeTarget } from '../../../../config/node-target.ts';
import { routeForm } from '../../../../config/route-settings.ts';
import { backendName, type Side, serverName } from '../../../../release/vocabulary.ts';
import { serversClaim } from '../../../servers/servers-claim.ts';
import { stayKeys, stayTraits } from '../stay/settings.ts';
import type { ByHealthTarget } from './by-health-target.ts';

const mostServers = 50;
const urlWords = 'http://host:port/path or https://..., without user and quotes';

/** An address that is POSTed to; it stands in lines for a shell, too. */
const url = textRead(urlWords, (text) => {
  const read = /^https?:\/\/[\x21-\x7e]{1,1000}$/.test(text) && URL.canParse(text);
  const parsed = read ? new URL(text) : undefined;
  const fits = parsed !== undefined && parsed.username === '' && parsed.password === '';
  return fits && !/['"\\`#]/.test(text)
    ? { kind: 'read', value: parsed.href }
    : { kind: 'expected', what: urlWords };
});

const applications = z
  .array(
    section({ server: haproxyName("a server's name"), enable: url, disable: url, state: url }),
    { error: 'a list of applications' },
  )
  .min(1, { error: 'at least one application' })
  .max(mostServers, { error: `at most ${mostServers} applications` });

const keys = {
  route: section({
    kind: z.literal('sessions', { error: 'sessions' }),
    by: z.literal('health', { error: 'health' }),
    backend: haproxyName("a backend's name"),
    within: duration(1).default(30_000),
    ...stayKeys,
  }),
  sides: section({ blue: applications, green: applications }).superRefine(
    ({ blue, green }, context) => {
      const names = [...blue, ...green].map(({ server }) => server);
      const twice = names.find((name, i) => names.indexOf(name) < i);
      if (twice === undefined) return;
      const params = { hint: `${twice} stands there twice; a server is on one side` };
      context.addIssue({ code: 'custom', message: 'each server once', params });
    },
  ),
};

/** `route: { kind: sessions, by: health, backend: app, within: 30s, idle: 30m }`; sides are lists of applications. */
export const byHealthForm = routeForm(keys, ({ settings, nodes }) => {
  const { route } = settings;
  const own = (side: Side) =>
    settings.sides[side].map(({ server, ...urls }) => ({ server: serverName(server), ...urls }));
  const applicationsOf = { blue: own('blue'), green: own('green') };
  const names = (side: Side) => applicationsOf[side].map(({ server }) => server);
  const target: ByHealthTarget = {
    kind: 'sessions',
    by: 'health',
    backend: backendName(route.backend),
    servers: { blue: names('blue'), green: names('green') },
    applications: applicationsOf,
    withinMs: route.within,
    sides: { blue: names('blue').join(', '), green: names('green').join(', ') },
    traits: { ...stayTraits(route, 'none'), keptBy: 'the applications' },
    nodes: nodes.map((node) => ({
      ...nodeTarget(node),
      ...(node.config_file === undefined ? {} : { configFile: node.config_file }),
    })),
  };
  const claim = serversClaim(target.nodes, target.backend);
  return { kind: 'target', target, claim };
});
