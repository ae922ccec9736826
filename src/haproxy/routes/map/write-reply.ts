import type { WriteResult } from '../../../engine/ports.ts';
import type { Worker } from '../../../release/reading.ts';
import { isSameWorker } from '../../../release/worker.ts';
import { parseDone } from '../../replies/done.ts';
import { parseShowInfo } from '../../replies/show-info.ts';
import { splitReplies } from '../../replies/split-replies.ts';

/** What the reply to `<write>;show info` says of the write, seen from the worker it was meant for. */
export function resultOfWrite(
  reply: string,
  { expected, answeredAt }: { expected: Worker; answeredAt: number },
): WriteResult {
  const [first, second] = splitReplies(reply, 2) ?? [];
  const info = second === undefined ? undefined : parseShowInfo(second);
  if (first === undefined || info === undefined) {
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
  const done = parseDone(first);
  return done.kind === 'accepted'
    ? { kind: 'accepted', worker, answeredAt }
    : { kind: 'refused', why: `HAProxy answered "${inShort(done.words)}"` };
}

function inShort(text: string): string {
  return text.trim().replace(/\s+/g, ' ').slice(0, 200);
}
