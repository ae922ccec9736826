/** One stream of `show sess`. */
export interface SessionLine {
  /** By which it can be shut down: `0x5615d0aa28c0`. */
  readonly id: string;
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
    const id = /^(0x[0-9a-f]+): /.exec(line)?.[1];
    const [source, backend, server, age] = ['src', 'be', 'srv', 'age'].map(
      (name) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1],
    );
    return id && source && backend && server && age ? [{ id, source, backend, server, age }] : [];
  });
}
