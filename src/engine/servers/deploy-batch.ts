import type { ServersStep } from '../../release/plan.ts';
import { type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { serversHook } from './servers-hook.ts';
import { setEverywhere } from './set-everywhere.ts';

/** Runs the hook `deploy` for every server of the batch, one after the other, while they are in maintenance. */
export async function deployBatch(
  context: RunContext,
  { servers }: Extract<ServersStep, { kind: 'take' }>,
): Promise<Outcome> {
  for (const server of servers) {
    // A reload meanwhile would have put them back into the traffic: nothing is deployed under users.
    const settings = servers.map((name) => ({ server: name, state: 'maint' as const }));
    const out = await setEverywhere(context, settings, 'still to be out');
    if (out.kind !== 'passed') return out;
    const outcome = await serversHook(context, 'deploy', server);
    if (outcome !== undefined) return outcome;
  }
  return passed;
}
