import type { OldWorker, OldWorkers } from '../../release/reading.ts';
import { type Side, sides } from '../../release/vocabulary.ts';
import { showInfo, showServersConn, showStat } from '../command-line.ts';
import { isExchangeFailure, NodeRefused } from '../errors.ts';
import { Master } from '../master.ts';
import { parseShowInfo } from '../replies/show-info.ts';
import type { BackendsNode } from './backends-node.ts';
import { leftOnBackend, sessionsLeft } from './left-on-backend.ts';

const noSuchBackend = "Can't find backend.\n\n";

/** Asks the node's master for the old workers, and each of them what it still serves on either side. */
export async function oldWorkersOf(
  node: BackendsNode,
  signal?: AbortSignal,
): Promise<OldWorkers | undefined> {
  const { at, options } = node;
  if (at.master === undefined) return undefined;
  const { deadlineMs } = options;
  const master = new Master({
    node: at.node,
    address: at.master,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  try {
    return { kind: 'known', workers: await countAll(node, master, signal) };
  } catch (error) {
    if (!isExchangeFailure(error)) throw error;
    return { kind: 'unknown', why: error.message };
  }
}

async function countAll(
  node: BackendsNode,
  master: Master,
  signal: AbortSignal | undefined,
): Promise<readonly OldWorker[]> {
  const workers: OldWorker[] = [];
  for (const pid of (await master.processes(signal)).oldWorkers) {
    const worker = await countAt(node, master, pid, signal).catch(async (error: unknown) => {
      // It may have ended since it was listed: the master then answers with one line that is no whole reply.
      if (!isExchangeFailure(error)) throw error;
      if ((await master.processes(signal)).oldWorkers.includes(pid)) throw error;
      return undefined;
    });
    if (worker !== undefined) workers.push(worker);
  }
  return workers;
}

/** Undefined for a worker that stays: after a reload that failed, 3.x lists it among the old ones. */
async function countAt(
  { at, target }: BackendsNode,
  master: Master,
  pid: number,
  signal?: AbortSignal,
): Promise<OldWorker | undefined> {
  const questions = [
    showInfo(),
    ...sides.flatMap((side) =>
      target.backends[side].flatMap((backend) => [showServersConn(backend), showStat(backend)]),
    ),
  ];
  const [infoReply = '', ...counts] = await master.askWorker(pid, questions, signal);
  const info = parseShowInfo(infoReply);
  const sessions = sessionsOf(target, counts);
  if (info === undefined || sessions === undefined) {
    const command = questions.join(';');
    throw new NodeRefused([infoReply, ...counts].join(''), { node: at.node, command });
  }
  return info.stopping ? { pid, sessions } : undefined;
}

/** The counts of both sides, from two replies for each backend; one that the old configuration did not have serves nobody. */
function sessionsOf(
  target: BackendsNode['target'],
  replies: readonly string[],
): OldWorker['sessions'] | undefined {
  const sessions: Record<Side, number> = { blue: 0, green: 0 };
  let at = 0;
  for (const side of sides) {
    for (const _ of target.backends[side]) {
      const [conn = '', stat = ''] = replies.slice(at, at + 2);
      at += 2;
      if (conn === noSuchBackend) continue;
      const left = leftOnBackend(conn, stat, target.servers?.[side]);
      if (left === undefined) return undefined;
      sessions[side] += sessionsLeft(left);
    }
  }
  return sessions;
}
