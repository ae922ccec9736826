import { setTimeout as pause } from 'node:timers/promises';
import type { EffectGate, WriteResult } from '../../../engine/ports.ts';
import type { Worker } from '../../../release/reading.ts';
import { isSameWorker } from '../../../release/worker.ts';
import { readConfig } from '../../config-file/config-on-disk.ts';
import { systemWords } from '../../errors.ts';
import { holdingFile } from '../../locks.ts';
import { replaceFile } from '../../replace-file.ts';
import type { Processes } from '../../replies/show-proc.ts';
import type { ConfigNode } from './config-node.ts';
import { heldOnDisk } from './memory.ts';
import { infoOf, reloadNode } from './reload.ts';
import { forgetWorker, rememberWorker } from './seen-workers.ts';
import type { StagedSwitch } from './stage-switch.ts';

/** The second in which the file was changed, and some slack. */
const longestWaitMs = 2000;

type Stopped = Exclude<WriteResult, { kind: 'accepted' }>;

/**
 * The switch of one node: the staged configuration takes its place, the master reloads, the new worker is waited for.
 * Where the reload does not load, the old text is put back. Never rejects.
 */
export async function fireSwitch(
  node: ConfigNode,
  staged: StagedSwitch,
  expected: Worker,
  gate: EffectGate,
): Promise<WriteResult> {
  try {
    return await holdingFile(staged.path, () => fire(node, staged, expected, gate));
  } catch (error) {
    return { kind: 'unknown', why: systemWords(error) };
  }
}

async function fire(
  node: ConfigNode,
  staged: StagedSwitch,
  expected: Worker,
  gate: EffectGate,
): Promise<WriteResult> {
  const processes = await readyFor(node, expected, gate);
  if ('why' in processes) {
    await staged.file.discard().catch(() => {});
    return processes;
  }
  const notPlaced = await place(staged);
  if (notPlaced !== undefined) return notPlaced;
  forgetWorker(node);
  const late = await letSecondPass(node);
  if (late !== undefined) {
    return { kind: 'not_applied', why: `${late}; ${await putBack(node, staged)}` };
  }
  const reloaded = await reloadNode(node, { processes, worker: expected }, gate);
  switch (reloaded.kind) {
    case 'loaded':
      return loaded(node, staged, reloaded.worker);
    case 'unknown':
      return reloaded;
    case 'failed':
      return {
        kind: 'refused',
        why: `the reload failed, worker ${expected.pid} stays: ${reloaded.why}; ${await putBack(node, staged)}`,
      };
    case 'not_tried':
      return { kind: 'not_applied', why: `${reloaded.why}; ${await putBack(node, staged)}` };
  }
}

/** The master's counters, where the worker that was checked still serves and the gate is open. */
async function readyFor(
  node: ConfigNode,
  expected: Worker,
  gate: EffectGate,
): Promise<Processes | Stopped> {
  try {
    const [processes, info] = await Promise.all([node.master.processes(), infoOf(node)]);
    if (info === undefined) return notApplied('its `show info` was not understood');
    if (info.stopping) return notApplied(`a reload replaces worker ${info.worker.pid} just now`);
    gate.check();
    if (isSameWorker(info.worker, expected)) return processes;
    const { pid, startedAt } = info.worker;
    return notApplied(
      `worker ${pid} (started at ${startedAt}) answered instead of worker ${expected.pid} (started at ${expected.startedAt})`,
    );
  } catch (error) {
    return notApplied(systemWords(error));
  }
}

/** Puts the staged text in place; what stopped it, where it did not get there. */
async function place({ path, before, after, file }: StagedSwitch): Promise<Stopped | undefined> {
  try {
    if (before === after) await file.discard();
    else await file.takePlace();
    return undefined;
  } catch (error) {
    const now = await readConfig(`file://${path}`).catch(() => undefined);
    if (now?.text === after) return { kind: 'unknown', why: systemWords(error) };
    return notApplied(systemWords(error));
  }
}

/**
 * Waits until a worker that starts now has a start time, in seconds, that is later than the file's: without that
 * nobody could tell afterwards which text it has read. The machine's own clock, which stamped the file, is the measure.
 */
async function letSecondPass({ at }: ConfigNode): Promise<string | undefined> {
  const { path, changedAt } = await readConfig(at.configFile);
  const leftMs = () => (changedAt + 1) * 1000 - Date.now();
  if (leftMs() > longestWaitMs) {
    return `${path} carries a time that is still to come: \`touch\` it`;
  }
  while (leftMs() > 0) await pause(leftMs());
  return undefined;
}

async function loaded(
  node: ConfigNode,
  { after, path }: StagedSwitch,
  worker: Worker,
): Promise<WriteResult> {
  const { at, options, target } = node;
  const answeredAt = options.mono();
  const now = await readConfig(at.configFile);
  if (now.text === after && worker.startedAt > now.changedAt) {
    rememberWorker(node, worker, heldOnDisk(now, target));
    return { kind: 'accepted', worker, answeredAt };
  }
  return { kind: 'unknown', why: `${path} was changed by somebody else during the reload` };
}

/** In words: what became of the file. */
async function putBack(
  { at, options }: ConfigNode,
  { path, before, after }: StagedSwitch,
): Promise<string> {
  try {
    const back = {
      path,
      before: Buffer.from(after, 'latin1'),
      after: Buffer.from(before, 'latin1'),
      write: at.fileWrite ?? 'replace',
    } as const;
    await replaceFile(back, options.failpoint ?? (() => {}));
    return `${path} is as it was before`;
  } catch (error) {
    return `and ${path} could not be put back: ${systemWords(error)}`;
  }
}

function notApplied(why: string): Stopped {
  return { kind: 'not_applied', why: `${why}; nothing was changed` };
}
