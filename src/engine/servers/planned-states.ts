import { type ServerSetting, type ServersPlan, serversOf } from '../../release/plan.ts';
import type { ServersRelease } from '../../release/release.ts';
import { noProgress } from '../../release/servers-progress.ts';
import type { NodeName } from '../../release/vocabulary.ts';

/** Where a release leaves its servers: those that were taken in turn are ready again. */
export function finalSettings({ steps }: ServersPlan): readonly ServerSetting[] {
  return steps.flatMap((step) =>
    serversOf(step).map((server) => ({
      server,
      state: step.kind === 'set' ? step.state : ('ready' as const),
    })),
  );
}

/** What is out by this release, and what it was on a node before: where going back brings it. */
export function settingsBefore(
  { plan, servers = noProgress }: ServersRelease,
  node: NodeName,
): readonly ServerSetting[] {
  // Batches that are done are in again: they stay so.
  const from = plan.kind === 'rolling' ? servers.batch : 0;
  const touched = plan.steps.slice(from, servers.batch + 1).flatMap(serversOf);
  return plan.observed
    .filter((one) => one.node === node && touched.includes(one.server))
    .map(({ server, state }) => ({ server, state }));
}
