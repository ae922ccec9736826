import type { Worker } from '../../release/reading.ts';

/** What Pointsman needs of `show info`. */
export interface Info {
  readonly worker: Worker;
  readonly version: string;
  /** A reload has replaced this worker. */
  readonly stopping: boolean;
}

/** Undefined where the reply is not a whole `show info`. */
export function parseShowInfo(reply: string): Info | undefined {
  const pid = whole(field(reply, 'Pid'));
  const startedAt = whole(field(reply, 'Start_time_sec'));
  const version = field(reply, 'Version');
  const stopping = field(reply, 'Stopping');
  if (pid === undefined || startedAt === undefined || version === undefined) return undefined;
  if (stopping !== '0' && stopping !== '1') return undefined;
  return { worker: { pid, startedAt }, version, stopping: stopping === '1' };
}

function field(reply: string, name: string): string | undefined {
  const line = reply.split('\n').find((candidate) => candidate.startsWith(`${name}: `));
  return line?.slice(name.length + 2);
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
