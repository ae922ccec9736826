import type { BatchPhase, ServersStep } from '../../release/plan.ts';
import { type ServerState, unreachable } from '../../release/vocabulary.ts';
import type { Outcome } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { deployBatch } from './deploy-batch.ts';
import { emptyServers } from './empty-servers.ts';
import { healthyAgain } from './healthy-again.ts';
import { setEverywhere } from './set-everywhere.ts';

/** One phase of one step. May be run again from its beginning at any time: it reads first, and writes the differences. */
export function runPhase(
  context: RunContext,
  step: ServersStep,
  phase: BatchPhase,
): Promise<Outcome> {
  if (step.kind === 'set') return setEverywhere(context, [step]);
  const to = (state: ServerState) =>
    setEverywhere(
      context,
      step.servers.map((server) => ({ server, state })),
    );
  switch (phase) {
    case 'set':
    case 'drain':
      return to('drain');
    case 'empty':
      return emptyServers(context, step);
    case 'maint':
      return to('maint');
    case 'deploy':
      return deployBatch(context, step);
    case 'ready':
      return to('ready');
    case 'healthy':
      return healthyAgain(context, step);
    default:
      return unreachable(phase);
  }
}
