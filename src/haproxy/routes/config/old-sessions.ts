import type { OldWorkers, SessionCount } from '../../../release/reading.ts';
import type { Side } from '../../../release/vocabulary.ts';
import { oldWorkersOf } from '../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../backends/sessions.ts';
import { showSess, shutdownSession } from '../../command-line.ts';
import { isExchangeFailure, NodeRefused } from '../../errors.ts';
import { parseDone } from '../../replies/done.ts';
import { parseShowSess, type SessionLine } from '../../replies/show-sess.ts';
import type { ConfigNode } from './config-node.ts';

/** So many connections of a worker are named one by one. */
const mostNamed = 20;

/** The workers that the switch itself replaced, and others; their sessions can be cut one by one. */
export async function oldWorkers(node: ConfigNode, signal?: AbortSignal): Promise<OldWorkers> {
  const found = await oldWorkersOf(node.counted, signal);
  if (found === undefined) throw new Error(`${node.at.node} has no master.`);
  return found.kind === 'known' ? { ...found, canBeCut: true } : found;
}

/**
 * What the running worker still serves of a side; and, by name, what the old ones do: after a switch by reload all of
 * the old side's sessions are there. Their number is told by `oldWorkers`.
 */
export async function sessionsOf(
  node: ConfigNode,
  side: Side,
  signal?: AbortSignal,
): Promise<SessionCount> {
  const running = await countSessions(node.counted, side, signal);
  const old = await oldWorkers(node, signal);
  const pids = old.kind === 'unknown' ? [] : old.workers.map(({ pid }) => pid);
  const named = await Promise.all(pids.map((pid) => namedOn(node, pid, side, signal)));
  return { ...running, stragglers: [...running.stragglers, ...named.flat()] };
}

/** `b1 from 10.1.2.3:55684 for 5m12s, on old worker 4711`. A worker that has ended meanwhile has none. */
async function namedOn(
  node: ConfigNode,
  pid: number,
  side: Side,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    const lines = await streamsOn(node, pid, side, signal);
    const named = lines
      .slice(0, mostNamed)
      .map(
        ({ source, server, age }) => `${server} from ${source} for ${age}, on old worker ${pid}`,
      );
    const more = lines.length - named.length;
    return more === 0 ? named : [...named, `and ${more} more on old worker ${pid}`];
  } catch (error) {
    if (!isExchangeFailure(error)) throw error;
    return [];
  }
}

async function streamsOn(
  { master, target }: ConfigNode,
  pid: number,
  side: Side,
  signal?: AbortSignal,
): Promise<readonly SessionLine[]> {
  const [reply = ''] = await master.askWorker(pid, [showSess()], signal);
  return parseShowSess(reply).filter(({ backend }) => backend === target.sides[side]);
}

/**
 * Cuts every session of a side, on the running worker and on the old ones. An old worker refuses the command by server
 * ("Proxy is disabled."), but takes it by session. Rejects where a line was not taken.
 */
export async function shutDownAll(node: ConfigNode, side: Side): Promise<void> {
  await shutDownSessions(node.counted, side);
  const old = await oldWorkers(node);
  if (old.kind === 'unknown') throw new Error(old.why);
  for (const { pid, sessions } of old.workers) {
    if (sessions[side] > 0) await cutOn(node, pid, side);
  }
}

async function cutOn(node: ConfigNode, pid: number, side: Side): Promise<void> {
  for (const { id } of await streamsOn(node, pid, side)) {
    const command = shutdownSession(id);
    const [reply = ''] = await node.master.askWorker(pid, [command]);
    const done = parseDone(reply);
    // One that has ended by itself meanwhile is no longer found.
    if (done.kind === 'refused' && !done.words.startsWith('No such session')) {
      throw new NodeRefused(done.words, { node: node.at.node, command });
    }
  }
}
