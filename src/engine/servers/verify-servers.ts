import { joined } from '../../release/joined.ts';
import { settingWords } from '../../release/servers-words.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { closeServers } from './close-servers.ts';
import { finalSettings } from './planned-states.ts';
import { heldSettings, notYet, readServersSettled, serversByHand } from './servers-fleet.ts';
import { serversHook } from './servers-hook.ts';
import { setEverywhere } from './set-everywhere.ts';

/** Reads every node once more: every server of the plan must be what the release leaves it at. */
export async function verifyServers(context: RunContext): Promise<Outcome> {
  const { plan, attention } = context.serversRelease;
  const wanted = finalSettings(plan);
  // A person who pressed Re-apply after another hand came between wants the plan's states, again.
  if (attention?.reapplying === true) {
    const again = await setEverywhere(context, wanted, 're-apply');
    if (again.kind !== 'passed') return again;
  }
  const readings = await readServersSettled(context);
  if (context.signal.aborted) return interrupted;
  closeServers(context, readings);
  const off = readings.flatMap((reading) => {
    if (reading.kind === 'unreachable') return [`${reading.node}: ${reading.why}`];
    if (reading.stopping) return [`${reading.node}: its worker is being replaced by a reload`];
    const missing = notYet(reading, wanted);
    if (missing.length === 0) return [];
    return [`${reading.node} has ${settingWords(heldSettings(reading, missing))}`];
  });
  if (off.length > 0) {
    return {
      kind: 'needs_attention',
      why: `Reading back did not show what was set: ${joined(off)}.`,
      byHand: serversByHand(context, () => wanted),
    };
  }
  const nodes = readings.length === 1 ? 'The node was' : `All ${readings.length} nodes were`;
  context.record({
    kind: 'verified',
    sentence: `${nodes} read back: ${settingWords(wanted)}.`,
  });
  const after =
    (await serversHook(context, 'after_switch')) ?? (await serversHook(context, 'after_completed'));
  return after ?? passed;
}
