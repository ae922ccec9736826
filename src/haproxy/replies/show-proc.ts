/**
 * The pids that the master lists as old workers; undefined where the reply is no whole `show proc`.
 * Not all of them are on their way out: after a reload that failed 3.x lists the worker that stays there too.
 */
export function parseShowProc(reply: string): readonly number[] | undefined {
  const lines = reply.split('\n');
  if (!/^#<PID> +<type> /.test(lines[0] ?? '') || !reply.endsWith('\n\n')) return undefined;
  const start = lines.indexOf('# old workers');
  if (start < 0) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line === '' || line.startsWith('#'));
  const pids = rest.slice(0, end).map((line) => /^(\d+) +worker /.exec(line)?.[1]);
  return pids.every((pid) => pid !== undefined) ? pids.map(Number) : undefined;
}
