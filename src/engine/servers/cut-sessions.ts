import { counted } from '../../release/counted.ts';
import type { ServersStep } from '../../release/plan.ts';
import type { SessionCount } from '../../release/reading.ts';
import { perform } from '../effects/perform.ts';
import type { Outcome } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { serversByHand } from './servers-fleet.ts';

/** How often a person's word to cut is carried out before it stops: who comes back at once is not cut for ever. */
const mostCuts = 5;

/** Cuts what is left on a batch, with an intent per node. An outcome where it does not help. */
export async function cutSessions(
  context: RunContext,
  { servers }: Extract<ServersStep, { kind: 'take' }>,
  counts: readonly SessionCount[],
): Promise<Outcome | undefined> {
  const settings = servers.map((server) => ({ server, state: 'drain' as const }));
  if (cutsSoFar(context) >= mostCuts) {
    return {
      kind: 'needs_attention',
      why: `Sessions come back to ${servers.join(', ')} although they were cut ${counted(mostCuts, 'time')}.`,
      byHand: serversByHand(context, () => settings),
    };
  }
  const nodes = counts.filter(({ sessions }) => sessions > 0).map(({ node }) => node);
  await perform(
    context,
    nodes.map((node) => ({
      node,
      what: { kind: 'servers_intent', effect: 'sessions', settings, why: 'shut down sessions' },
      done: `The sessions on ${servers.join(', ')} were shut down.`,
      send: (gate) => context.serversRoute.shutDownSessions(node, servers, gate),
    })),
  );
  return undefined;
}

/** Since the batch entered its phase; one per node counts as one. */
function cutsSoFar(context: RunContext): number {
  const rows = context.deps.journal.rowsOf(context.id);
  const from = rows.findLastIndex(({ what }) => what.kind === 'batch_entered');
  const nodes = rows
    .slice(from + 1)
    .filter(({ what }) => what.kind === 'servers_intent' && what.effect === 'sessions')
    .map(({ node }) => node);
  return Math.max(0, ...nodes.map((node) => nodes.filter((other) => other === node).length));
}
