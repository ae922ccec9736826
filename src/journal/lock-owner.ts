import { readFileSync, statSync } from 'node:fs';

/** True while a process of this machine has this id; it may be another one than was meant. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Who has a lock of the kernel on a file, in words; undefined where the kernel does not tell (proc(5), `/proc/locks`). */
export function lockOwner(path: string): string | undefined {
  const { ino } = statSync(path);
  const locks = readOr('/proc/locks').split('\n');
  for (const line of locks) {
    const [, pid, inode] = /\s(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line) ?? [];
    if (inode !== String(ino) || Number(pid) === process.pid) continue;
    const name = readOr(`/proc/${pid}/comm`).trim();
    return `process ${pid}${name === '' ? '' : ` (${name})`}`;
  }
  return undefined;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
