import type { Claim } from '../../config/route-settings.ts';
import type { NodeTarget } from '../../release/target.ts';
import type { BackendName, ServerName } from '../../release/vocabulary.ts';

/** One server of one backend belongs to one service. */
export function serversClaim(
  nodes: readonly NodeTarget[],
  backend: BackendName,
  servers: readonly ServerName[],
): Claim {
  return {
    places: nodes.flatMap(({ runtime }) =>
      servers.map((server) => JSON.stringify([runtime, backend, server])),
    ),
    path: ['route', 'backend'],
    expected: 'a backend with servers of its own',
    found: backend,
    same: `servers of the same backend`,
  };
}
