import { compile } from '../kills/compile-house.ts';
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
  readonly violations: readonly string[];
}

/** Kills every path of single servers at its hits, some of the recoveries once more, starts again, and judges. */
export async function runServerKills(plan: ServerKillPlan): Promise<ServerKillReport> {
  const house = compile('test/faults/server-kills/house-process.ts');
  const lanes = await Promise.all(
    Array.from({ length: plan.lanes }, () => ServerLane.open(house.script)),
  );
  const hits: Record<string, number> = {};
  const violations: string[] = [];
  const counts = { kills: 0, second: 0, done: 0 };
  try {
    const tasks: { readonly path: ServerPath; readonly hit: number; readonly name: string }[] = [];
    await spread(lanes, plan.paths ?? serverPaths, async (lane, path) => {
      const names = await lane.record(await lane.fresh(path));
      hits[path] = names.length;
      names.forEach((name, i) => {
        if (i % plan.every === 0) tasks.push({ path, hit: i + 1, name });
      });
    });
    await spread(lanes, tasks, async (lane, { path, hit, name }) => {
      const at = `${path} at hit ${hit} (${name})`;
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
    return { hits, kills: counts.kills, second: counts.second, violations };
  } finally {
    await Promise.all(lanes.map((lane) => lane.end()));
    house.end();
  }
}

/** Works off the tasks, one at a time per lane. */
async function spread<T>(
  lanes: readonly ServerLane[],
  tasks: readonly T[],
  work: (lane: ServerLane, task: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
        await work(lane, task);
      }
    }),
  );
}
