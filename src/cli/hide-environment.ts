import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Variables whose values nobody but this process should find. */
const secretNames = /^SLACK_|token|secret|passw|credential|api_?key|private|auth/i;

/**
 * Takes what looks like a secret out of the environment, for whoever is started later, and out of the block that the
 * kernel shows as /proc/<pid>/environ: every process of the same user, a hook above all, may read that, and a deleted
 * variable stays in it. Returns the whole environment as it was; `why`: a sentence where the block could not be wiped.
 */
export function hideEnvironment(variables: NodeJS.ProcessEnv): {
  readonly before: Readonly<Record<string, string | undefined>>;
  readonly why?: string;
} {
  const before = { ...variables };
  const names = Object.keys(before).filter((name) => secretNames.test(name));
  // First of all from the list of variables: nothing may read what is wiped.
  for (const name of names) delete variables[name];
  try {
    wipe(new Set(names));
    return { before };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      before,
      why: `The environment of this process could not be wiped (${reason}): hooks of the same user can read the tokens in /proc.`,
    };
  }
}

/** The block lies on the process' own stack; its own memory a process may write. */
function wipe(names: ReadonlySet<string>): void {
  const block = readFileSync('/proc/self/environ');
  const found = entriesOf(block).filter(({ name }) => names.has(name));
  if (found.length === 0) return;
  const start = startOfBlock();
  const memory = openSync('/proc/self/mem', 'r+');
  try {
    for (const { at, length } of found)
      writeSync(memory, Buffer.alloc(length), 0, length, start + at);
  } finally {
    closeSync(memory);
  }
}

function entriesOf(block: Buffer) {
  const entries: { readonly name: string; readonly at: number; readonly length: number }[] = [];
  for (let at = 0; at < block.length; ) {
    const zero = block.indexOf(0, at);
    const end = zero === -1 ? block.length : zero;
    const [name = ''] = block.toString('latin1', at, end).split('=', 1);
    entries.push({ name, at, length: end - at });
    at = end + 1;
  }
  return entries;
}

/** Field 50 of /proc/<pid>/stat, `env_start`; the second one, the program's name, may hold anything. */
function startOfBlock(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = Number(fields[47]);
  if (!Number.isSafeInteger(start) || start <= 0) throw new Error('its place is not told');
  return start;
}

/**
 * The processes above this one whose environment still holds one of these values and may be read by this user, so by a
 * hook as well: a shell that exported it, npm, a container's init. What a file or a pipe brought stands in none.
 */
export function ancestorsHolding(secrets: readonly string[]): readonly number[] {
  const found: number[] = [];
  for (let pid = process.ppid; pid > 0; pid = parentOf(pid)) {
    if (secrets.some((secret) => environmentOf(pid).includes(secret))) found.push(pid);
  }
  return found;
}

function environmentOf(pid: number): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    // Another user's: a hook cannot read it either.
    return Buffer.alloc(0);
  }
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) || 0;
  } catch {
    return 0;
  }
}
