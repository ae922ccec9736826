import { setTimeout as pause } from 'node:timers/promises';
import type { EffectGate } from '../../../engine/ports.ts';
import type { Worker } from '../../../release/reading.ts';
import { type Deadline, withDeadline } from '../../../timing/deadline.ts';
import { showInfo } from '../../command-line.ts';
import { isExchangeFailure, ReplyUnknown } from '../../errors.ts';
import { type Info, parseShowInfo } from '../../replies/show-info.ts';
import type { Processes } from '../../replies/show-proc.ts';
import type { ConfigNode } from './config-node.ts';

/** How a reload ended, proved by the master's counters and by who answers. */
export type Reloaded =
  | { readonly kind: 'loaded'; readonly worker: Worker }
  /** The worker from before it stays. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The master was not told, or did not try. */
  | { readonly kind: 'not_tried'; readonly why: string }
  /** It may be done, be under way, or never come. */
  | { readonly kind: 'unknown'; readonly why: string };

const lookEveryMs = 25;

/**
 * Reloads and waits until it is proved. `before`: the master's counters and the worker from before. Never rejects.
 * A 3.x master says how it ended, a 2.6 says nothing, and an answer can be lost: so the counters decide. Every try
 * raises `reloads`, and `failed` is 0 only behind one that loaded.
 */
export function reloadNode(
  node: ConfigNode,
  before: BeforeReload,
  gate: EffectGate,
): Promise<Reloaded> {
  return withDeadline(node.target.reloadMs, (deadline) =>
    reloadWithin(deadline, node, before, gate),
  );
}

interface BeforeReload {
  readonly processes: Processes;
  readonly worker: Worker;
}

async function reloadWithin(
  deadline: Deadline,
  node: ConfigNode,
  before: BeforeReload,
  gate: EffectGate,
): Promise<Reloaded> {
  const { master } = node;
  const told = await tell(node, gate);
  if (told !== undefined) return told;
  const tried = await until(deadline, async () => {
    const processes = await master.processes();
    return processes.reloads === before.processes.reloads ? undefined : processes;
  });
  if (tried === undefined) return unknown(node, 'its master counts no further reload');
  if (tried.failed > 0) {
    const why = `\`show proc\` says failed: ${tried.failed}; its log has the reason`;
    return { kind: 'failed', why };
  }
  const worker = await until(deadline, async () => {
    const info = await infoOf(node);
    return info?.stopping === false && info.worker.pid !== before.worker.pid
      ? info.worker
      : undefined;
  });
  return worker === undefined
    ? unknown(node, `worker ${before.worker.pid} still answers`)
    : { kind: 'loaded', worker };
}

/** Tells the master to reload; how it ended, where that is known already and was not a success. */
async function tell(
  { master, target }: ConfigNode,
  gate: EffectGate,
): Promise<Reloaded | undefined> {
  try {
    const reply = await master.reload(target.reloadMs, gate);
    if (reply.kind === 'refused') {
      return { kind: 'not_tried', why: `its master answered "${reply.words}"` };
    }
    return reply.kind === 'failed' ? { kind: 'failed', why: reply.words } : undefined;
  } catch (error) {
    if (error instanceof ReplyUnknown) return undefined;
    return { kind: 'not_tried', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Who answers on a new connection; undefined where the answer is something else. Rejects where none comes. */
export async function infoOf({ api }: ConfigNode): Promise<Info | undefined> {
  return parseShowInfo(await api.ask(showInfo()));
}

/** Looks, once at least, until there is something to see; undefined at the deadline. While it reloads a master is silent. */
async function until<T>(
  deadline: Deadline,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (;;) {
    const seen = await look().catch(unlessSilent);
    if (seen !== undefined || deadline.expired) return seen;
    await pause(lookEveryMs);
  }
}

function unlessSilent(error: unknown): undefined {
  if (!isExchangeFailure(error)) throw error;
  return undefined;
}

function unknown({ target }: ConfigNode, why: string): Reloaded {
  return { kind: 'unknown', why: `${why} ${target.reloadMs} ms after it was told to reload` };
}
