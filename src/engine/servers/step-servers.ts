import { serversOf } from '../../release/plan.ts';
import { noProgress } from '../../release/servers-progress.ts';
import { settingWords } from '../../release/servers-words.ts';
import type { LiveState } from '../../release/states.ts';
import { system } from '../../release/vocabulary.ts';
import { beginRelease } from '../begin-release.ts';
import { restUntilNextLook } from '../next-look.ts';
import { interrupted, type Outcome } from '../outcome.ts';
import type { RunContext } from '../run-context.ts';
import { stageNamed } from '../stages/in-order.ts';
import { finalSettings } from './planned-states.ts';
import { putBack } from './put-back.ts';
import { readServersFleet } from './servers-fleet.ts';
import { serversPreflight } from './servers-preflight.ts';
import { replanServers, serversConfigurationMoved } from './servers-replan.ts';
import { enterPhase, takeBatches } from './take-batches.ts';
import { verifyServers } from './verify-servers.ts';

/** The one thing to do now for a release of single servers, by what the journal says. */
export function stepServers(context: RunContext): Promise<Outcome> {
  const { state, goingBack } = context.serversRelease;
  if (state === 'needs_attention' && !context.lookAgain) return waitForHelp(context);
  context.lookAgain = false;
  if (goingBack !== undefined) return putBack(context);
  if (state === 'needs_attention') return Promise.resolve(goOn(context));
  if (state === 'requested') return Promise.resolve(beginRelease(context));
  const moved = serversConfigurationMoved(context);
  if (moved !== undefined) return replanServers(context, moved);
  switch (state) {
    case 'preflight':
      return serversPreflight(context);
    case 'switching':
      return takeBatches(context);
    case 'verifying':
      return verifyServers(context);
    default: {
      const stage = stageNamed(state);
      if (stage === undefined) throw new Error(`${context.id} has no stage for ${state}.`);
      return stage.run(context);
    }
  }
}

/** Lock held, people told. What goes back is tried again by itself; to go on is a person's word. */
async function waitForHelp(context: RunContext): Promise<Outcome> {
  const target = context.serversTarget;
  const readings = await readServersFleet(context.serversRoute, target, context.signal);
  context.progress({ text: 'Waits for a person', servers: readings });
  await restUntilNextLook(context);
  return interrupted;
}

/** `Re-apply`: on from where it stopped, with the time of that phase anew. */
function goOn(context: RunContext): Outcome {
  const { attention, stage = 'switching', servers, plan } = context.serversRelease;
  if (attention?.reapplying !== true) return interrupted;
  const to: LiveState = stage;
  context.record({ kind: 'stage_entered', stage: to }, system('re-apply'));
  if (to === 'switching' && servers !== undefined && plan.steps[servers.batch] !== undefined) {
    enterPhase(context, servers.batch, servers.phase);
  }
  return interrupted;
}

/** What a completed release says of where it left the servers. */
export function serversCompleted(context: RunContext): string {
  const { plan } = context.serversRelease;
  const { backend, nodes } = plan.target;
  const where = nodes.length === 1 ? 'the node' : `all ${nodes.length} nodes`;
  if (plan.kind === 'state') {
    const keeps = "HAProxy's configuration stays as it is: a reload falls back to it.";
    return `${backend}: ${settingWords(finalSettings(plan))} on ${where}. ${keeps}`;
  }
  const names = plan.steps.flatMap(serversOf).join(', ');
  return `Every server of ${backend} was taken in turn (${names}) and is ready on ${where}.`;
}

/** How an open release of single servers that nobody drives goes on: from where it stood. */
export function recoverServers(context: RunContext): void {
  const { servers = noProgress, plan, state, goingBack } = context.serversRelease;
  const batch = `batch ${servers.batch + 1} of ${plan.steps.length}`;
  const where = state === 'switching' && plan.kind === 'rolling' ? `, ${batch}` : '';
  const how = goingBack === undefined ? 'and goes on from there' : 'while it goes back';
  context.record(
    { kind: 'recovered', sentence: `Taken up again${where} ${how}.` },
    system('recovery'),
  );
}
