import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Armed, Route } from '../../../engine/ports.ts';
import { heldWords } from '../../../release/held-words.ts';
import type { Worker } from '../../../release/reading.ts';
import type { NodeName, Side } from '../../../release/vocabulary.ts';
import { awaitAnswer } from '../../await-answer.ts';
import { readConfig } from '../../config-file/config-on-disk.ts';
import { FileFailed, isExchangeFailure } from '../../errors.ts';
import { otherUsersOf } from '../../other-users/other-users.ts';
import type { RouteOptions } from '../route-options.ts';
import { byHand } from './by-hand.ts';
import { type ConfigNode, configNode, lineWords, ownOf } from './config-node.ts';
import type { ConfigTarget } from './config-target.ts';
import { fireSwitch } from './fire-switch.ts';
import { heldOnDisk } from './memory.ts';
import { oldWorkers, sessionsOf, shutDownAll } from './old-sessions.ts';
import { readNode } from './read-node.ts';
import { stageSwitch } from './stage-switch.ts';
import { writeFenced } from './write-fenced.ts';

/** Route `config`: one line of haproxy.cfg names the backend; moved by editing it and reloading. */
export function configRoute(target: ConfigTarget, options: RouteOptions): Route {
  const at = (node: NodeName) => configNode(target, node, options);
  return {
    read: async (node, signal) => readNode(at(node), signal),
    arm: async (node, to, expected) => armSwitch(at(node), to, expected),
    barrier: async (node, signal) => awaitBoth(at(node), signal),
    writeFenced: async (node, to, gate) => writeFenced(at(node), to, gate),
    persist: async (node, to) => mustBeOnDisk(at(node), to),
    sessions: async (node, side, signal) => sessionsOf(at(node), side, signal),
    oldWorkers: async (node, signal) => oldWorkers(at(node), signal),
    otherUsers: async (node, signal) => otherUsersOf(ownOf(at(node)), signal),
    shutDownSessions: async (node, side, gate) => shutDownAll(at(node), side, gate),
    byHand: (node, side) => byHand(at(node), side),
  };
}

/** Has the new configuration on disk, checked, and waits. Rejects with FileFailed. */
async function armSwitch(node: ConfigNode, to: Side, expected: Worker): Promise<Armed> {
  const staged = await stageSwitch(node, to);
  return {
    node: node.at.node,
    fire: (gate) => fireSwitch(node, staged, expected, gate),
    disarm: () => void staged.file.discard().catch(() => {}),
  };
}

// A frozen master does not work off what was queued in the order it came; see await-answer.ts.
const settleMs = 100;

/** True when worker and master answer, and no reload began while that was looked at. */
async function awaitBoth(node: ConfigNode, signal?: AbortSignal): Promise<boolean> {
  try {
    if (!(await awaitAnswer(node.api, signal))) return false;
    const { reloads } = await node.master.processes(signal);
    await pause(settleMs);
    signal?.throwIfAborted();
    return (await node.master.processes(signal)).reloads === reloads;
  } catch (error) {
    if (!isExchangeFailure(error)) throw error;
    return false;
  }
}

/** The switch has written the file already. */
async function mustBeOnDisk({ at, target }: ConfigNode, to: Side): Promise<void> {
  const held = heldOnDisk(await readConfig(at.configFile), target);
  if (held.kind === 'side' && held.side === to) return;
  throw new FileFailed(
    fileURLToPath(at.configFile),
    `of ${at.node} names ${heldWords(held)} as ${lineWords(target)}, not ${to}.`,
  );
}
