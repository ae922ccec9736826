import { join } from 'node:path';
import { verifyJournal } from '../../src/journal/verify.ts';
import { expectedBy } from '../faults/kills/expected.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { judgeEnds } from '../faults/kills/judge-ends.ts';
import type { TestFleet } from '../support/haproxy.ts';
import { type SoakService, services } from './services.ts';

/** I1, I3, I4, I6, I7 and I9 over both services when no release is open. */
export function judge(fleet: TestFleet, folder: string): Promise<readonly string[]> {
  return judgeServices(fleet, folder, services);
}

/** The same of `checkout` alone. */
export function judgeCheckout(fleet: TestFleet, folder: string): Promise<readonly string[]> {
  return judgeServices(fleet, folder, services.slice(0, 1));
}

async function judgeServices(
  fleet: TestFleet,
  folder: string,
  judged: readonly SoakService[],
): Promise<readonly string[]> {
  const { rows, locks } = committedIn(folder);
  const found: string[] = [];
  for (const { name, key } of judged) {
    const own = rows.filter(({ service }) => service === name);
    const expected = expectedBy(own, { memory: 'blue', disk: 'blue' });
    for (const node of fleet.nodes) {
      const memory = await node.memory(key);
      const disk = new RegExp(`^${key} (\\S+)$`, 'm').exec(node.disk())?.[1];
      if (memory !== `backend_${expected.memory}`) {
        found.push(`I1: ${node.name} has ${memory} for ${name}, the rows want ${expected.memory}`);
      }
      if (disk !== `backend_${expected.disk}`) {
        found.push(`I7: ${node.name} has ${disk} on disk for ${name}, not ${expected.disk}`);
      }
    }
  }
  found.push(...judgeEnds(rows));
  if (locks.length > 0) found.push(`I6: ${locks.join(', ')} hold a lock after their end`);
  const verified = verifyJournal(join(folder, 'pointsman.db'));
  if (verified.kind !== 'verified') found.push(`I4: ${verified.sentence}`);
  return found;
}
