import { compiled } from '../../support/compiled.ts';
import { Lanes, type Lost } from '../kills/lanes.ts';
import { ServerLane } from './server-lane.ts';
import { type ServerPath, serverPaths } from './server-paths.ts';

export interface ServerKillPlan {
  /** Fleets at once. */
  readonly lanes: number;
  /** Every n-th hit of a path is killed; of these every second one is killed once more while it recovers. */
  readonly every: number;
  readonly paths?: readonly ServerPath[];
  readonly say?: (line: string) => void;
}

export interface ServerKillReport {
  /** Hits of each path, played undisturbed. */
  readonly hits: Readonly<Record<string, number>>;
  readonly kills: number;
  /** Of these: in a recovery after another kill. */
  readonly second: number;
  /** Runs that could not be played: no violation, and no proof of anything. */
  readonly lost: readonly Lost[];
  readonly violations: readonly string[];
}

interface Task {
  readonly path: ServerPath;
  readonly hit: number;
  readonly name: string;
}

/** Kills every path of single servers at its hits, some of the recoveries once more, starts again, and judges. */
export async function runServerKills(plan: ServerKillPlan): Promise<ServerKillReport> {
  const script = compiled('test/faults/server-kills/house-process.ts');
  const lanes = new Lanes(plan.lanes, () => ServerLane.open(script));
  const hits: Record<string, number> = {};
  const violations: string[] = [];
  const counts = { kills: 0, second: 0, done: 0 };
  try {
    const tasks: Task[] = [];
    const unrecorded = await lanes.spread(plan.paths ?? serverPaths, String, async (lane, path) => {
      const names = await lane.record(await lane.fresh(path));
      hits[path] = names.length;
      names.forEach((name, i) => {
        if (i % plan.every === 0) tasks.push({ path, hit: i + 1, name });
      });
    });
    const lost = await lanes.spread(tasks, whereOf, async (lane, task) => {
      const { path, hit } = task;
      const at = whereOf(task);
      const order = await lane.fresh(path);
      const first = await lane.killAt(order, hit);
      if (first.played === 'killed') counts.kills += 1;
      const found = [...first.violations];
      if (first.played === 'killed' && hit % 2 === 1) {
        const again = await lane.killAt({ ...order, path: 'recover' }, 1 + (hit % 40));
        if (again.played === 'killed') {
          counts.kills += 1;
          counts.second += 1;
        }
        found.push(...again.violations);
      }
      found.push(...(await lane.judgeRestart(order)));
      violations.push(...found.map((why) => `${at}: ${why}`));
      lane.tidy();
      counts.done += 1;
      if (counts.done % 25 === 0) {
        plan.say?.(`${counts.done} of ${tasks.length} hits, ${violations.length} violations`);
      }
    });
    const { kills, second } = counts;
    return { hits, kills, second, lost: [...unrecorded, ...lost], violations };
  } finally {
    await lanes.end();
  }
}

function whereOf({ path, hit, name }: Task): string {
  return `${path} at hit ${hit} (${name})`;
}
