import { setTimeout as pause } from 'node:timers/promises';

/** Between two looks at a group that was told to end, milliseconds. */
const lookMs = 20;

/**
 * Ends every process of a group: SIGTERM, and after the grace SIGKILL. A group that is gone is no error. Resolves when
 * none is left; a process that not even SIGKILL ends (it hangs in the kernel) is waited for one grace more.
 */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  if (!tell(leader, 'SIGTERM') || (await isGone(leader, graceMs))) return;
  tell(leader, 'SIGKILL');
  await isGone(leader, graceMs);
}

async function isGone(leader: number, withinMs: number): Promise<boolean> {
  for (let waited = 0; waited < withinMs; waited += lookMs) {
    if (!tell(leader, 0)) return true;
    await pause(lookMs);
  }
  return !tell(leader, 0);
}

/** False where no process of the group is left. */
function tell(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM: it is there, and is somebody else's by now (sudo).
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
