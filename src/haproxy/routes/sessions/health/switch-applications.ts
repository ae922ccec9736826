import { setTimeout as pause } from 'node:timers/promises';
import type { Armed, EffectGate, WriteResult } from '../../../../engine/ports.ts';
import type { Worker } from '../../../../release/reading.ts';
import { type Side, sides } from '../../../../release/vocabulary.ts';
import { withDeadline } from '../../../../timing/deadline.ts';
import { awaitAnswer } from '../../../await-answer.ts';
import { type Setting, setServers, settingLine } from '../../../servers/set-servers.ts';
import { resultOfFailure, resultOfWrite } from '../../../write-reply.ts';
import { type BackendLook, lookAtBackend } from '../one-backend/look-at-backend.ts';
import type { OneBackendNode } from '../one-backend/one-backend-node.ts';
import type { ByHealthTarget } from './by-health-target.ts';
import { joinFlight } from './flight.ts';
import { stateOfApplication } from './state-of-application.ts';
import { seenOn } from './watch-nodes.ts';

type HealthNode = OneBackendNode<ByHealthTarget>;

const everyMs = 100;

/**
 * Opens the connection on which the node lets the new side in. Fired, the node takes part in the switch of the
 * applications. Rejects with NodeUnreachable or UnsafeArgument.
 */
export async function armApplications(
  node: HealthNode,
  to: Side,
  expected: Worker,
): Promise<Armed> {
  const settings = settingsTo(node, to);
  const line = settingLine(node.backend, settings);
  const prepared = await node.api.prepare(line);
  const letIn = async (gate: EffectGate): Promise<WriteResult> => {
    try {
      const reply = await prepared.say(gate);
      const answeredAt = node.mono();
      return resultOfWrite(reply, { line, expected, answeredAt, writes: settings.length });
    } catch (error) {
      return resultOfFailure(error);
    }
  };
  return {
    node: node.at.node,
    fire: (gate) => joinFlight(journey(node, to, gate), { node: node.at.node, letIn }),
    disarm: () => prepared.close(),
  };
}

/** In drain its application could say what it likes: nobody new would come. What is in use stays as it is. */
function settingsTo({ target }: HealthNode, to: Side): readonly Setting[] {
  return target.servers[to].map((server) => ({ server, state: 'ready' as const }));
}

function journey({ target, options }: HealthNode, to: Side, gate: EffectGate) {
  return { target, options, to, gate };
}

/**
 * The same after an unknown write. Nothing has a version here: a late POST would switch once more. What was sent before
 * is over at its deadline, and the barrier has waited until the node sees what the applications themselves say; so
 * saying all of it again, and reading back, are enough. Never rejects.
 */
export function writeApplications(
  node: HealthNode,
  to: Side,
  gate: EffectGate,
): Promise<WriteResult> {
  const letIn = async (): Promise<WriteResult> => {
    try {
      const { worker } = await lookAtBackend(node);
      return await setServers(node, settingsTo(node, to), worker, gate);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'not_applied', why: `${why} Nothing was written.` };
    }
  };
  return joinFlight(journey(node, to, gate), { node: node.at.node, letIn });
}

/** True when the node answers, and sees what every application says of itself: nothing is on its way any more. */
export async function awaitSight(node: HealthNode, signal?: AbortSignal): Promise<boolean> {
  if (!(await awaitAnswer(node.api, signal))) return false;
  return withDeadline(node.target.withinMs, async (deadline) => {
    for (;;) {
      signal?.throwIfAborted();
      const look = await lookAtBackend(node, signal).catch(() => undefined);
      if (look !== undefined && (await agrees(node.target, look))) return true;
      if (look === undefined || deadline.expired) return false;
      await pause(everyMs);
    }
  });
}

/** One that does not answer says nothing; one that was taken out by a hand is as it was set. */
async function agrees(target: ByHealthTarget, look: BackendLook): Promise<boolean> {
  const seen = seenOn(target, look);
  const applications = sides.flatMap((side) => target.applications[side]);
  const each = await Promise.all(
    applications.map(async ({ server, state }) => {
      const says = await stateOfApplication(state);
      const sees = seen.get(server);
      return says === 'unknown' || sees === 'out' || (says === 'on') === (sees === 'on');
    }),
  );
  return each.every((one) => one);
}
