import { setTimeout as pause } from 'node:timers/promises';
import { showInfo } from './command-line.ts';
import { NodeUnreachable, ReplyUnknown } from './errors.ts';
import { parseShowInfo } from './replies/show-info.ts';
import type { RuntimeApi } from './runtime-api.ts';

// Commands that waited in a frozen node's socket are not served in the order they were sent: a new connection may be
// answered before an older one. Measured on 2.6: after an answer and this pause none was left.
const settleMs = 100;

/** True when the node answered on a new connection, had time to work off what was queued, and answered again. */
export async function awaitAnswer(api: RuntimeApi, signal?: AbortSignal): Promise<boolean> {
  if (!(await answers(api, signal))) return false;
  await pause(settleMs);
  signal?.throwIfAborted();
  return answers(api, signal);
}

async function answers(api: RuntimeApi, signal?: AbortSignal): Promise<boolean> {
  try {
    const reply = await api.ask(showInfo(), { ...(signal === undefined ? {} : { signal }) });
    return parseShowInfo(reply) !== undefined;
  } catch (error) {
    if (error instanceof NodeUnreachable || error instanceof ReplyUnknown) return false;
    throw error;
  }
}
