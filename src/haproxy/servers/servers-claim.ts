import type { Claim } from '../../config/route-settings.ts';
import type { NodeTarget } from '../../release/target.ts';
import type { BackendName } from '../../release/vocabulary.ts';

/** The servers of one backend of one node are set by one service only, whatever the kind of its route. */
export function serversClaim(nodes: readonly NodeTarget[], backend: BackendName): Claim {
  return {
    places: nodes.map(({ runtime }) => JSON.stringify(['servers of', runtime, backend])),
    path: ['route', 'backend'],
    expected: 'a backend of its own',
    found: backend,
    same: 'the same backend on the same node',
  };
}
