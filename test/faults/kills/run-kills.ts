import { compiled } from '../../support/compiled.ts';
import type { Ground } from './grounds/ground.ts';
import { Lane, type Snapshot } from './lane.ts';
import { Lanes, type Lost } from './lanes.ts';
import type { Path } from './path.ts';

export interface KillPlan {
  /** What is played on. */
  readonly ground: () => Promise<Ground>;
  readonly paths: readonly Path[];
  /** Fleets at once. */
  readonly lanes: number;
  /** Every n-th hit of a path is killed. */
  readonly every: number;
  /** How many recoveries are killed as well, spread evenly; each at a hit that with the first one's is a new pair. */
  readonly seconds: number;
  readonly say?: (line: string) => void;
}

export interface KillReport {
  /** Hits of each path, played undisturbed. */
  readonly hits: Readonly<Record<string, number>>;
  /** Processes that were ended by SIGKILL. */
  readonly kills: number;
  /** Of these: in a recovery after another kill. */
  readonly second: number;
  /** Runs that were over before their hit came (polling makes the number of hits vary by a few). */
  readonly missed: number;
  /** Runs that could not be played: no violation, and no proof of anything. */
  readonly lost: readonly Lost[];
  readonly violations: readonly string[];
}

interface Task {
  readonly path: Path;
  readonly hit: number;
  readonly name: string;
  /** How often its recovery is killed. */
  readonly seconds: number;
}

/** Kills every path at its hits, starts again, kills the recovery, starts again, and judges each time. */
export async function runKills(plan: KillPlan): Promise<KillReport> {
  const script = compiled('test/faults/kills/house-process.ts');
  const lanes = new Lanes(plan.lanes, () => Lane.open(script, plan.ground));
  try {
    const run = new Run(plan);
    const hits: Record<string, number> = {};
    const unrecorded = await lanes.spread(plan.paths, String, async (lane, path) => {
      if (!lane.paths.includes(path)) return;
      const names = await lane.record(await lane.fresh(path));
      hits[path] = names.length;
      run.add(path, names);
    });
    const lost = await lanes.spread(run.tasks(), whereOf, (lane, task) => run.kill(lane, task));
    return { hits, ...run.report, lost: [...unrecorded, ...lost] };
  } finally {
    await lanes.end();
  }
}

class Run {
  readonly #plan: KillPlan;
  readonly #violations: string[] = [];
  readonly #pairs = new Set<string>();
  readonly #hits: Omit<Task, 'seconds'>[] = [];
  #kills = 0;
  #second = 0;
  #missed = 0;
  #done = 0;

  constructor(plan: KillPlan) {
    this.#plan = plan;
  }

  get report(): Omit<KillReport, 'hits' | 'lost'> {
    return {
      kills: this.#kills,
      second: this.#second,
      missed: this.#missed,
      violations: this.#violations,
    };
  }

  add(path: Path, names: readonly string[]): void {
    for (const [i, name] of names.entries()) {
      if (i % this.#plan.every === 0) this.#hits.push({ path, hit: i + 1, name });
    }
  }

  tasks(): readonly Task[] {
    const each = this.#plan.seconds / this.#hits.length;
    return this.#hits.map((hit, i) => ({
      ...hit,
      seconds: Math.floor((i + 1) * each) - Math.floor(i * each),
    }));
  }

  async kill(lane: Lane, task: Task): Promise<void> {
    const { path, hit, seconds } = task;
    const at = whereOf(task);
    const order = await lane.fresh(path);
    const { played, violations } = await lane.killAt(order, hit);
    this.#count(played, at, violations);
    if (played === 'done') this.#missed += 1;
    if (played === 'killed' && seconds > 0) {
      const killed = await lane.snapshot(order);
      this.#count('done', at, await lane.judgeRestart(order));
      await this.#killRecovery(lane, killed, task, at);
    } else {
      this.#count('done', at, await lane.judgeRestart(order));
    }
    lane.tidy();
    this.#say();
  }

  async #killRecovery(
    lane: Lane,
    killed: Snapshot,
    { path, hit, name, seconds }: Task,
    at: string,
  ): Promise<void> {
    const hits = await lane.record(await lane.restore(killed));
    const order = inTurn(hits.length, hit);
    const fresh = order.filter((i) => !this.#pairs.has(`${path} ${name} ${hits[i]}`));
    for (const i of [...fresh, ...order].slice(0, Math.min(seconds, hits.length))) {
      this.#pairs.add(`${path} ${name} ${hits[i]}`);
      this.#second += 1;
      const also = `${at}, recovery at hit ${i + 1} (${hits[i]})`;
      const again = await lane.restore(killed);
      const { played, violations } = await lane.killAt(again, i + 1);
      this.#count(played, also, violations);
      this.#count('done', also, await lane.judgeRestart(again));
    }
  }

  #count(played: 'killed' | 'done', at: string, violations: readonly string[]): void {
    if (played === 'killed') this.#kills += 1;
    this.#violations.push(...violations.map((why) => `${at}: ${why}`));
  }

  #say(): void {
    this.#done += 1;
    if (this.#done % 25 > 0 && this.#done < this.#hits.length) return;
    this.#plan.say?.(
      `${this.#done} of ${this.#hits.length} hits, ${this.#kills} kills, ${this.#violations.length} violations`,
    );
  }
}

/** All indexes below `count`, beginning elsewhere for every `turn`. */
function inTurn(count: number, turn: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => (i + turn * 7) % count);
}

function whereOf({ path, hit, name }: Task): string {
  return `${path} at hit ${hit} (${name})`;
}
