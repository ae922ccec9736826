import type { ActResult, EffectGate } from '../../../engine/ports.ts';
import type { OldWorkers, SessionCount } from '../../../release/reading.ts';
import type { Side } from '../../../release/vocabulary.ts';
import { oldWorkersOf } from '../../backends/old-workers.ts';
import { countSessions, shutDownSessions } from '../../backends/sessions.ts';
import { showSess, shutdownSession } from '../../command-line.ts';
import { cutEach } from '../../cut-each.ts';
import { isExchangeFailure } from '../../errors.ts';
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
 * ("Proxy is disabled."), but takes it by session. Never rejects.
 */
export async function shutDownAll(
  node: ConfigNode,
  side: Side,
  gate: EffectGate,
): Promise<ActResult> {
  const running = await shutDownSessions(node.counted, side, gate);
  if (running.kind !== 'accepted') return running;
  try {
    const old = await oldWorkers(node);
    if (old.kind === 'unknown') return { kind: 'not_applied', why: old.why };
    for (const { pid, sessions } of old.workers) {
      const cut = sessions[side] > 0 ? await cutOn(node, pid, side, gate) : running;
      if (cut.kind !== 'accepted') return cut;
    }
    return running;
  } catch (error) {
    return { kind: 'not_applied', why: error instanceof Error ? error.message : String(error) };
  }
}

/** One that has ended by itself meanwhile is no longer found. */
async function cutOn(
  node: ConfigNode,
  pid: number,
  side: Side,
  gate: EffectGate,
): Promise<ActResult> {
  const lines = await streamsOn(node, pid, side);
  return cutEach(
    lines.map(({ id }) => shutdownSession(id)),
    (command) => node.master.tellWorker(pid, command, gate),
    (words) => words.startsWith('No such session'),
  );
}
