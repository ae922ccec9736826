/** What a master tells of itself and of its workers. */
export interface Processes {
  /** How often it was told to reload since it started, in vain or not. */
  readonly reloads: number;
  /** Above 0 as long as the last reload did not load: the worker from before it stays. */
  readonly failed: number;
  /**
   * The pids under `# old workers`. Not all of them are on their way out: after a reload that failed 3.x lists the
   * worker that stays there too.
   */
  readonly oldWorkers: readonly number[];
}

/** Undefined where the reply is no whole `show proc`. Source: management guide, 9.4.1. */
export function parseShowProc(reply: string): Processes | undefined {
  const lines = reply.split('\n');
  if (!/^#<PID> +<type> /.test(lines[0] ?? '') || !reply.endsWith('\n\n')) return undefined;
  const [, reloads, failed] = /^\d+ +master +(\d+) \[failed: (\d+)\] /.exec(lines[1] ?? '') ?? [];
  const oldWorkers = listedAsOld(lines);
  if (reloads === undefined || oldWorkers === undefined) return undefined;
  return { reloads: Number(reloads), failed: Number(failed), oldWorkers };
}

function listedAsOld(lines: readonly string[]): readonly number[] | undefined {
  const start = lines.indexOf('# old workers');
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line === '' || line.startsWith('#'));
  const pids = rest.slice(0, end).map((line) => /^(\d+) +worker /.exec(line)?.[1]);
  return pids.every((pid) => pid !== undefined) ? pids.map(Number) : undefined;
}
