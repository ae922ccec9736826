import type { ServerSetting } from '../../release/plan.ts';
import { settingWords } from '../../release/servers-words.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { convergeServers } from './converge-servers.ts';
import { serversByHand } from './servers-fleet.ts';

/** Sets servers on every node and reads them back. Stops where it cannot be done on all of them. */
export async function setEverywhere(
  context: RunContext,
  settings: readonly ServerSetting[],
  why = 'as planned',
): Promise<Outcome> {
  const wanted = settings.map(({ server, state }) => ({ server, state }));
  const converged = await convergeServers(context, { wanted: () => wanted, why });
  switch (converged.kind) {
    case 'there':
      return passed;
    case 'interrupted':
      return interrupted;
    default:
      return {
        kind: 'needs_attention',
        why: `Not every node could be brought to ${settingWords(wanted)}: ${converged.why}.`,
        byHand: serversByHand(context, () => wanted, converged.nodes),
      };
  }
}
