/** One stream of `show sess`. */
export interface SessionLine {
  /** `10.1.2.3:55684`, `unix:1` */
  readonly source: string;
  readonly backend: string;
  readonly server: string;
  /** As HAProxy prints it: `5m12s`. */
  readonly age: string;
}

/** Reads the lines of `show sess` that name source, backend, server and age; what else there is is left out. */
export function parseShowSess(reply: string): readonly SessionLine[] {
  return reply.split('\n').flatMap((line) => {
    if (!/^0x[0-9a-f]+: /.test(line)) return [];
    const [source, backend, server, age] = ['src', 'be', 'srv', 'age'].map(
      (name) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1],
    );
    return source && backend && server && age ? [{ source, backend, server, age }] : [];
  });
}
