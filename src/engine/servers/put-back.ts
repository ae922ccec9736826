import { settingWords } from '../../release/servers-words.ts';
import { interrupted, type Outcome } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { convergeServers } from './converge-servers.ts';
import { settingsBefore } from './planned-states.ts';
import { serversByHand } from './servers-fleet.ts';
import { serversHook } from './servers-hook.ts';

/** What this release has out goes back to what it was. Waits for no gate and for nobody's health. */
export async function putBack(context: RunContext): Promise<Outcome> {
  const release = context.serversRelease;
  const { goingBack } = release;
  if (goingBack === undefined) throw new Error(`${context.id} is not going back.`);
  const wanted = (node: Parameters<typeof settingsBefore>[1]) => settingsBefore(release, node);
  const converged = await convergeServers(context, { wanted, why: 'going back' });
  if (converged.kind === 'interrupted') return interrupted;
  if (converged.kind === 'stuck') {
    const [first] = converged.nodes;
    const words = first === undefined ? '' : ` (${settingWords(wanted(first))})`;
    return {
      kind: 'needs_attention',
      why: `Not every node could be put back${words}: ${converged.why}.`,
      byHand: serversByHand(context, wanted, converged.nodes),
    };
  }
  const after = await serversHook(context, 'after_rollback');
  if (after !== undefined) return after;
  return {
    kind: 'ends',
    state: goingBack.end,
    why: `${goingBack.why} What was out is back as it was.`,
    by: goingBack.by,
  };
}
