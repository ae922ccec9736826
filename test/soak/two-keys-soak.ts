import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineProcess } from '../faults/engine-process/engine-process.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import { mapMeaning } from '../faults/kills/grounds/map-ground.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { whyUnfounded } from '../faults/kills/witness.ts';
import { compiled } from '../support/compiled.ts';
import { aFleet } from '../support/haproxy.ts';
import { Footprints } from './footprints.ts';
import { judge } from './judge.ts';
import { comeToRest, playRound, type World } from './round.ts';
import type { SoakReport } from './soak-report.ts';

/** Two services that share one map on three nodes, everything below Slack, in one long life of a journal. */
export async function soakTwoKeys({
  minutes,
  dice,
  count,
}: Pick<World, 'dice' | 'count'> & { readonly minutes: number }): Promise<SoakReport> {
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
    const testify = (line: string, when: string) => {
      const meaning = mapMeaning(line, (name) => (name === 'payments' ? 'payments' : 'active'));
      if (meaning === undefined) return;
      // The rows of a release under way are among the newest.
      const { rows } = committedIn(folder, 600);
      const why = whyUnfounded({ node: `lb-${i + 1}`, line, meaning, rows });
      if (why !== undefined) violations.push(`${why}${when}`);
    };
    proxy.onLine = (line) => testify(line, '');
    proxy.onLanding = (line) => testify(line, ' when it was carried out, late');
  }
  const nodes = fleet.target().nodes.map((node, i) => ({
    ...node,
    runtime: proxies[i]?.address ?? node.runtime,
  }));
  const script = compiled('test/faults/engine-process/program.ts');
  const target = { ...fleet.target(), nodes };
  const house = new EngineProcess(script, { folder, target, twoKeys: true });
  house.start();
  let kills = 0;
  const counted = (what: string): void => {
    if (what === 'kill') kills += 1;
    count(what);
  };
  const world: World = { house, fleet, proxies, dice, count: counted };
  const footprints = new Footprints();
  let rounds = 0;
  try {
    for (const end = performance.now() + minutes * 60_000; performance.now() < end; rounds += 1) {
      const before = kills;
      await playRound(world);
      if (!(await comeToRest(world))) {
        violations.push(`no rest after round ${rounds}: ${JSON.stringify(await house.open())}`);
      }
      if (kills !== before) footprints.begin();
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
  const notes = [`${committedIn(folder).rows.length} rows; ${footprints.report()}`];
  if (violations.length > 0) notes.push(`The journal stands in ${folder}.`);
  else rmSync(folder, { recursive: true, force: true });
  return { rounds, violations, notes };
}
