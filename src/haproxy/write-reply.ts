import type { WriteResult } from '../engine/ports.ts';
import type { Worker } from '../release/reading.ts';
import { isSameWorker } from '../release/worker.ts';
import type { CommandLine } from './command-line.ts';
import { firstOf, NodeUnreachable, NothingSent } from './errors.ts';
import { parseDone } from './replies/done.ts';
import { parseShowInfo } from './replies/show-info.ts';
import { splitReplies } from './replies/split-replies.ts';

/** A line of writes, with `show info` behind them. */
export interface WriteLine {
  /** What was sent, for messages. */
  readonly line: CommandLine;
  readonly expected: Worker;
  /** Monotonic milliseconds. */
  readonly answeredAt: number;
  /** How many writes stand on the line; 1. */
  readonly writes?: number;
}

/** What the reply to `<writes>;show info` says of the writes, seen from the worker they were meant for. */
export function resultOfWrite(
  reply: string,
  { line, expected, answeredAt, writes = 1 }: WriteLine,
): WriteResult {
  const replies = splitReplies(reply, writes + 1) ?? [];
  const info = parseShowInfo(replies[writes] ?? '');
  if (info === undefined) {
    return { kind: 'unknown', why: `the answer was not understood: ${inShort(reply)}` };
  }
  const { worker, stopping } = info;
  if (stopping) {
    const why = `worker ${worker.pid} took it, and a reload has replaced that worker`;
    return { kind: 'not_applied', why };
  }
  if (!isSameWorker(worker, expected)) {
    const why = `worker ${worker.pid} (started at ${worker.startedAt}) answered instead of worker ${expected.pid} (started at ${expected.startedAt})`;
    return { kind: 'not_applied', why };
  }
  const words = replies
    .slice(0, writes)
    .map(parseDone)
    .flatMap((done) => (done.kind === 'refused' ? [done.words] : []));
  if (words.length === 0) return { kind: 'accepted', worker, answeredAt };
  const answer = `HAProxy answered "${inShort(words.join(' '))}"`;
  const to = `"${firstOf(line)}"`;
  // HAProxy carries out the rest of a line behind a refused command.
  if (words.length === writes) return { kind: 'refused', why: `${answer} to ${to}` };
  const some = `${answer} to ${words.length} of ${writes} commands of ${to}`;
  return { kind: 'unknown', why: some, answered: true };
}

/** Only what was certainly not sent is certainly not applied. */
export function resultOfFailure(error: unknown): Exclude<WriteResult, { kind: 'accepted' }> {
  const why = error instanceof Error ? error.message : String(error);
  const isUnsent = error instanceof NodeUnreachable || error instanceof NothingSent;
  return { kind: isUnsent ? 'not_applied' : 'unknown', why };
}

function inShort(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, 200);
}
