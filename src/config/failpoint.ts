import { appendFileSync } from 'node:fs';

/** Called where an effect meets the world: around a journal append, a Runtime API call, a rename. */
export type Failpoint = (name: string) => void;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The crash tests' handle, nothing in production. With NODE_ENV=test, `POINTSMAN_FP=record:<file>` writes the name of
 * every hit into a file, `POINTSMAN_FP=kill:<n>` ends the process with SIGKILL at the n-th hit.
 */
export function failpointFrom(variables: Variables): Failpoint | undefined {
  const asked = variables.POINTSMAN_FP;
  if (asked === undefined || variables.NODE_ENV !== 'test') return undefined;
  const [what, ...rest] = asked.split(':');
  const argument = rest.join(':');
  if (what === 'record') return (name) => appendFileSync(argument, `${name}\n`);
  if (what === 'kill') return killAt(Number(argument));
  if (what === 'hold') return holdAt(Number(rest[0]), Number(rest[1]));
  return undefined;
}

function killAt(hit: number): Failpoint {
  let hits = 0;
  return () => {
    hits += 1;
    if (hits === hit) process.kill(process.pid, 'SIGKILL');
  };
}

function holdAt(every: number, ms: number): Failpoint {
  let hits = 0;
  return (name) => {
    hits += 1;
    if (hits % every !== 0) return;
    if (name.startsWith('journal:')) hold(ms);
    else setImmediate(() => hold(ms));
  };
}

function hold(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
