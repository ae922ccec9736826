// `npm run soak -- --minutes N [--seed S]`: random releases, faults and kills, judged after every round.
// The seed repeats every choice; when things meet is up to the machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaultProxy } from '../faults/fault-proxy.ts';
import { mapMeaning } from '../faults/kills/grounds/map-ground.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { whyUnfounded } from '../faults/kills/witness.ts';
import { compiled } from '../support/compiled.ts';
import { aFleet } from '../support/haproxy.ts';
import { Dice } from './dice.ts';
import { Footprints } from './footprints.ts';
import { House } from './house.ts';
import { judge } from './judge.ts';
import { comeToRest, playRound, type World } from './round.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);

const folder = mkdtempSync(join(tmpdir(), 'pm-soak-'));
const fleet = await aFleet()
  .withNodes(3)
  .withMap('active backend_blue\npayments backend_blue\n')
  .start();
const proxies = await Promise.all(
  fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
);
const violations: string[] = [];
for (const [i, proxy] of proxies.entries()) {
  proxy.onLine = (line) => {
    const meaning = mapMeaning(line, (service) => (service === 'payments' ? 'payments' : 'active'));
    if (meaning === undefined) return;
    // The rows of a release under way are among the newest.
    const { rows } = committedIn(folder, 600);
    const why = whyUnfounded({ node: `lb-${i + 1}`, line, meaning, rows });
    if (why !== undefined) violations.push(why);
  };
}
const targets = fleet.target().nodes.map((target, i) => ({
  ...target,
  runtime: proxies[i]?.address ?? target.runtime,
}));
const house = new House(compiled('test/soak/house-process.ts'), folder, targets);
house.start();
const counts = new Map<string, number>();
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
const world: World = { house, fleet, proxies, dice: new Dice(seed), count };
const footprints = new Footprints();
const began = performance.now();
let rounds = 0;

try {
  for (const end = began + Number(values.minutes) * 60_000; performance.now() < end; rounds += 1) {
    const kills = counts.get('kill');
    await playRound(world);
    if (!(await comeToRest(world))) {
      violations.push(`no rest after round ${rounds}: ${JSON.stringify(await house.open())}`);
    }
    if (counts.get('kill') !== kills) footprints.begin();
    footprints.add(await house.footprint());
    violations.push(...(await judge(fleet, folder)));
    for (const proxy of proxies) proxy.seen.length = 0;
    if (violations.length > 0) break;
  }
} finally {
  await house.end();
  await Promise.all(proxies.map((proxy) => proxy.end()));
  await fleet.end();
}

violations.push(...footprints.grown());
const { rows } = committedIn(folder);
const minutes = (performance.now() - began) / 60_000;
process.stdout.write(`${rounds} rounds in ${minutes.toFixed(1)} minutes, ${rows.length} rows\n`);
for (const [what, times] of [...counts].sort()) process.stdout.write(`  ${what}: ${times}\n`);
process.stdout.write(`${footprints.report()}\n`);
for (const violation of violations) process.stdout.write(`violation: ${violation}\n`);
if (violations.length > 0) {
  process.stdout.write(`The journal stands in ${folder}. Again: --seed ${seed}\n`);
  process.exitCode = 1;
} else {
  rmSync(folder, { recursive: true, force: true });
}
