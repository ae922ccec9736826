import type { OldWorker, OldWorkers } from '../../../release/reading.ts';
import { sides } from '../../../release/vocabulary.ts';
import {
  atWorker,
  inOneLine,
  quit,
  showInfo,
  showProc,
  showServersConn,
  showStat,
} from '../../command-line.ts';
import { NodeRefused, NodeUnreachable, ReplyUnknown } from '../../errors.ts';
import { parseShowInfo } from '../../replies/show-info.ts';
import { parseShowProc } from '../../replies/show-proc.ts';
import { splitReplies } from '../../replies/split-replies.ts';
import { RuntimeApi } from '../../runtime-api.ts';
import { leftOnBackend, sessionsLeft } from './left-on-backend.ts';
import type { MapNode } from './map-node.ts';

const longestReading = 16 * 1024 * 1024;
const noSuchBackend = "Can't find backend.\n\n";

/** Asks the node's master for the old workers, and each of them what it still serves on either side. */
export async function oldWorkersOf(
  node: MapNode,
  signal?: AbortSignal,
): Promise<OldWorkers | undefined> {
  const { at, options } = node;
  if (at.master === undefined) return undefined;
  const { deadlineMs } = options;
  const master = new RuntimeApi({
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
  node: MapNode,
  master: RuntimeApi,
  signal: AbortSignal | undefined,
): Promise<readonly OldWorker[]> {
  const workers: OldWorker[] = [];
  for (const pid of await listed(master, signal)) {
    const worker = await countAt(node, master, pid, signal).catch(async (error: unknown) => {
      // It may have ended since it was listed: the master then answers with one line that is no whole reply.
      if (isExchangeFailure(error) && !(await listed(master, signal)).includes(pid))
        return undefined;
      throw error;
    });
    if (worker !== undefined) workers.push(worker);
  }
  return workers;
}

async function listed(master: RuntimeApi, signal?: AbortSignal): Promise<readonly number[]> {
  const command = inOneLine(showProc(), quit());
  const reply = await master.ask(command, { ...(signal && { signal }) });
  const pids = parseShowProc(reply);
  if (pids === undefined) throw new NodeRefused(reply, { node: master.node, command });
  return pids;
}

/** Undefined for a worker that stays: after a reload that failed, 3.x lists it among the old ones. */
async function countAt(
  { at, target }: MapNode,
  master: RuntimeApi,
  pid: number,
  signal?: AbortSignal,
): Promise<OldWorker | undefined> {
  const questions = [
    showInfo(),
    ...sides.flatMap((side) => [showServersConn(target.sides[side]), showStat(target.sides[side])]),
  ];
  const command = inOneLine(...questions.map((one) => atWorker(pid, one)), quit());
  const reply = await master.ask(command, { maxBytes: longestReading, ...(signal && { signal }) });
  const [infoReply = '', ...counts] = splitReplies(reply, questions.length) ?? [];
  const info = parseShowInfo(infoReply);
  const sessions = sessionsOf(counts);
  if (info === undefined || sessions === undefined) {
    throw new NodeRefused(reply, { node: at.node, command });
  }
  return info.stopping ? { pid, sessions } : undefined;
}

/** The counts of both sides, from two replies each; a backend that the old configuration did not have serves nobody. */
function sessionsOf(replies: readonly string[]): OldWorker['sessions'] | undefined {
  const [blue, green] = sides.map((_, i): number | undefined => {
    const [conn = '', stat = ''] = replies.slice(2 * i, 2 * i + 2);
    if (conn === noSuchBackend) return 0;
    const left = leftOnBackend(conn, stat);
    return left === undefined ? undefined : sessionsLeft(left);
  });
  return blue === undefined || green === undefined ? undefined : { blue, green };
}

function isExchangeFailure(error: unknown): error is Error {
  return (
    error instanceof NodeUnreachable ||
    error instanceof ReplyUnknown ||
    error instanceof NodeRefused
  );
}
