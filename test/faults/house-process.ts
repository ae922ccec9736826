// A process of its own that plays one path, so that it can be killed in the middle.
// Arguments: one JSON object {folder, targets, path | recover}; the failpoint comes from the environment.
import { failpointFrom } from '../../src/config/failpoint.ts';
import type { NodeTarget } from '../../src/release/target.ts';
import { waitUntil } from '../support/wait-until.ts';
import { atRest } from './crash.ts';
import { openBench, type Path, play } from './paths.ts';

interface Order {
  readonly folder: string;
  readonly targets: readonly NodeTarget[];
  /** `recover`: takes up what is open and waits until nothing is under way. */
  readonly path: Path | 'recover';
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const bench = openBench(order.folder, order.targets, failpointFrom(process.env));
if (order.path === 'recover') {
  await waitUntil(() => bench.store.openReleases().every(atRest), {
    timeout: 30_000,
    what: 'recovery to come to rest',
  });
} else {
  await play(bench, order.path);
}
await bench.close();
