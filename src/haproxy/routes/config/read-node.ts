import type { Held, NodeReading, OwnGate, ReachedNode } from '../../../release/reading.ts';
import { sideReading } from '../../backends/side-reading.ts';
import { inOneLine, showBackend, showCliLevel, showInfo, showStat } from '../../command-line.ts';
import { type ConfigOnDisk, readConfig } from '../../config-file/config-on-disk.ts';
import { othersNaming } from '../../config-file/traffic-line.ts';
import { isExchangeFailure, NodeUnreachable, ReplyUnknown } from '../../errors.ts';
import { inspectFile } from '../../files/inspect-file.ts';
import { parseShowBackend } from '../../replies/show-backend.ts';
import { parseShowCliLevel } from '../../replies/show-cli-level.ts';
import { parseShowInfo } from '../../replies/show-info.ts';
import { splitReplies } from '../../replies/split-replies.ts';
import { type ConfigNode, lineName } from './config-node.ts';
import { heldInMemory, heldOnDisk } from './memory.ts';

/** Two backends of ten thousand servers. */
const longestReading = 32 * 1024 * 1024;

/** Reads one node whole: the worker in one line on one connection, the file before and after it, the master. */
export async function readNode(node: ConfigNode, signal?: AbortSignal): Promise<NodeReading> {
  const { api, at, target } = node;
  const line = inOneLine(
    showInfo(),
    showCliLevel(),
    showBackend(),
    showStat(target.sides.blue),
    showStat(target.sides.green),
  );
  const more = signal === undefined ? {} : { signal };
  try {
    const before = await readConfig(at.configFile).catch(asWords);
    const [reply, master, file] = await Promise.all([
      api.ask(line, { maxBytes: longestReading, ...more }),
      masterGate(node, signal),
      inspectFile(at.configFile, at.fileWrite),
    ]);
    const worker = understood(node, reply);
    if (typeof worker === 'string') {
      return { kind: 'unreachable', node: at.node, why: `${at.node} answered, but ${worker}.` };
    }
    const places = await placesOf(node, worker, before);
    return {
      ...worker,
      ...places,
      ownGates: [master],
      ...file,
    };
  } catch (error) {
    if (error instanceof NodeUnreachable || error instanceof ReplyUnknown) {
      return { kind: 'unreachable', node: at.node, why: error.message };
    }
    throw error;
  }
}

type FromWorker = Omit<ReachedNode, 'memory' | 'disk' | 'sharedWith'>;

function understood({ at, target }: ConfigNode, text: string): FromWorker | string {
  const [infoReply = '', level = '', backends = '', blueStat = '', greenStat = ''] =
    splitReplies(text, 5) ?? [];
  const info = parseShowInfo(infoReply);
  if (info === undefined) return 'not as HAProxy answers `show info`';
  const known = parseShowBackend(backends);
  if (known === undefined) return 'not as HAProxy answers `show backend`';
  const { sides } = target;
  const blue = sideReading({ side: 'blue', backends: [sides.blue], known, stats: [blueStat] });
  const green = sideReading({ side: 'green', backends: [sides.green], known, stats: [greenStat] });
  if (typeof blue === 'string') return blue;
  if (typeof green === 'string') return green;
  return {
    kind: 'reached',
    node: at.node,
    worker: info.worker,
    version: info.version,
    stopping: info.stopping,
    level: parseShowCliLevel(level) ?? 'unknown',
    sides: { blue, green },
  };
}

/** Memory and disk. A file that changed while the worker was asked says nothing of that worker. */
async function placesOf(
  node: ConfigNode,
  { worker }: FromWorker,
  before: ConfigOnDisk | string,
): Promise<Pick<ReachedNode, 'memory' | 'disk' | 'sharedWith'>> {
  const { at, target } = node;
  const now = await readConfig(at.configFile).catch(asWords);
  if (typeof now === 'string') {
    const unreadable: Held = { kind: 'unreadable', why: now };
    return { memory: unreadable, disk: unreadable, sharedWith: [] };
  }
  const disk = heldOnDisk(now, target);
  const isSame = typeof before !== 'string' && before.stamp === now.stamp;
  const memory: Held = isSame
    ? heldInMemory(node, disk, now, worker)
    : { kind: 'between', words: `${now.path} was changed while it was read` };
  const { blue, green } = target.sides;
  return { memory, disk, sharedWith: othersNaming(now.text, lineName(target), [blue, green]) };
}

/** The reload goes through the master; one that failed lately would fail again. */
async function masterGate({ master, at }: ConfigNode, signal?: AbortSignal): Promise<OwnGate> {
  const gate = 'master ready';
  try {
    const { failed } = await master.processes(signal);
    const holds = failed === 0;
    const sentence = holds
      ? 'its master answers, and its last reload loaded'
      : `its last reload did not load (\`show proc\` says failed: ${failed}): mend the configuration and reload it by hand`;
    return { gate, holds, sentence };
  } catch (error) {
    if (!isExchangeFailure(error)) throw error;
    const sentence = `its master does not answer at ${at.master}; HAProxy must run with -W -S: ${error.message}`;
    return { gate, holds: false, sentence };
  }
}

function asWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
