import { z } from 'zod';
import { backendSides } from '../../../config/backend-sides.ts';
import { duration, haproxyName, section, textLike } from '../../../config/file-leaves.ts';
import { nodeTarget } from '../../../config/node-target.ts';
import { type Path, problem } from '../../../config/problem.ts';
import { type RouteSettings, routeForm, type TargetAsk } from '../../../config/route-settings.ts';
import { backendName } from '../../../release/vocabulary.ts';
import { fileMark } from '../../config-file/check-config.ts';
import { wordsOfLine } from '../../config-file/words-of-line.ts';
import type { ConfigNodeTarget, ConfigTarget } from './config-target.ts';

const condition = 'the condition of a use_backend line, such as "if is_shop"';

const keys = {
  route: section({
    kind: z.literal('config', { error: 'config' }),
    frontend: haproxyName("a frontend's name"),
    use_backend: textLike(/^(if|unless) [^\p{Cc}]{1,500}$/u, condition).optional(),
    reload: duration(1_000, 'a duration such as 30s, at least 1s').default(30_000),
  }),
  sides: backendSides,
};

const form = routeForm(keys, (ask) => {
  const { route, sides } = ask.settings;
  const found = nodesOf(ask);
  if (found.problems.length > 0) return { kind: 'broken', problems: found.problems };
  // Blanks do not make another line of it.
  const useBackend = route.use_backend && wordsIn(route.use_backend);
  const target: ConfigTarget = {
    kind: 'config',
    frontend: route.frontend,
    ...(useBackend === undefined ? {} : { useBackend }),
    reloadMs: route.reload,
    sides: { blue: backendName(sides.blue), green: backendName(sides.green) },
    nodes: found.nodes,
    traits: { disk: 'with_memory' },
  };
  const line = useBackend ?? 'default_backend';
  return {
    kind: 'target',
    target,
    claim: {
      places: found.nodes.map(({ configFile }) =>
        JSON.stringify([configFile, route.frontend, line]),
      ),
      path: ['route', 'frontend'],
      expected: 'a line of its own',
      found: `${line} of ${route.frontend}`,
      same: 'the same line of the same haproxy.cfg',
    },
  };
});

/** `route: { kind: config, frontend: <name> }` with two backends as sides. */
export const configSettings: RouteSettings = { kind: 'config', formOf: () => form };

function wordsIn(text: string): string {
  return wordsOfLine(text)
    .map(({ start, end }) => text.slice(start, end))
    .join(' ');
}

function nodesOf(ask: TargetAsk<unknown>): {
  readonly nodes: readonly ConfigNodeTarget[];
  readonly problems: readonly string[];
} {
  const nodes: ConfigNodeTarget[] = [];
  const problems: string[] = [];
  ask.nodes.forEach((node, i) => {
    const at: Path = ['fleets', ask.fleet, 'nodes', i];
    const hint = `services.${ask.service} has route config`;
    const { master, config_file: configFile, check } = node;
    if (master === undefined) {
      const expected = "the master's socket, such as unix:///run/haproxy/master.sock";
      problems.push(problem([...at, 'master'], expected, undefined, hint));
    }
    if (configFile === undefined) {
      const expected = 'file:///path of its haproxy.cfg';
      problems.push(problem([...at, 'config_file'], expected, undefined, hint));
    }
    if (master === undefined || configFile === undefined) return;
    nodes.push({
      ...nodeTarget(node),
      master,
      configFile,
      check: check ?? ['haproxy', '-c', '-f', fileMark],
    });
  });
  return { nodes, problems };
}
