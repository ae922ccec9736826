import { setTimeout as pause } from 'node:timers/promises';
import type { Asked } from '../../demo/slack/seat.ts';
import { firstLine, labels, WholeBot } from '../bot/whole-bot.ts';
import { FaultProxy, isWrite } from '../faults/fault-proxy.ts';
import { mapMeaning } from '../faults/kills/grounds/map-ground.ts';
import { committedIn } from '../faults/kills/journal-at.ts';
import { whyUnfounded } from '../faults/kills/witness.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { Dice } from './dice.ts';
import { judgeCheckout } from './judge.ts';
import { nodeFaults } from './node-faults.ts';
import type { SoakReport } from './soak-report.ts';

export interface SlackSoak {
  readonly minutes: number;
  readonly dice: Dice;
  readonly count: (what: string) => void;
  /** At most so many rounds; as many as there is time for. */
  readonly rounds?: number;
}

/** Random commands and presses of several people at the whole bot, while nodes fail and the bot is killed. */
export async function soakThroughSlack(plan: SlackSoak): Promise<SoakReport> {
  const fleet = await aFleet().withNodes(2).start();
  const proxies = await Promise.all(
    fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
  );
  const env: Record<string, string> = {};
  const runtimeOf = (node: string) => proxies[fleet.nodes.findIndex(({ name }) => name === node)];
  const bot = await WholeBot.start(fleet, {
    runtimeOf: (node) => runtimeOf(node)?.address,
    checkout: { drain: { timeout: '1s', then: 'wait' } },
    env,
  });
  const run = new SlackRun(plan, { bot, fleet, proxies, env });
  let broken = false;
  try {
    const report = await run.play();
    broken = report.violations.length > 0;
    const where = `The journal stands in ${bot.folder}.`;
    return broken ? { ...report, notes: [...(report.notes ?? []), where] } : report;
  } finally {
    await (broken ? bot.endKeeping() : bot.end());
    await Promise.all(proxies.map((proxy) => proxy.end()));
    await fleet.end();
  }
}

interface World {
  readonly bot: WholeBot;
  readonly fleet: TestFleet;
  readonly proxies: readonly FaultProxy[];
  /** What further variables the bot gets at its next start. */
  readonly env: Record<string, string>;
}

const people = ['rita', 'ann', 'olaf', 'sam'] as const;
const because = 'because the soak says so';
const typed = [
  ['/release', 'checkout'],
  ['/release', 'checkout'],
  ['/release', 'checkout version 1.2'],
  ['/release', 'plan checkout'],
  ['/release', 'accept checkout'],
  ['/release', 'abort checkout'],
  ['/release', 'cancel checkout'],
  ['/release', `lock checkout ${because}`],
  ['/release', `unlock checkout ${because}`],
  ['/rollback', 'checkout'],
  ['/rollback', `checkout ${because}`],
  ['/release-status', ''],
  ['/release-status', 'checkout'],
  ['/release-status', 'history checkout'],
  ['/release', 'chekout'],
] as const;

class SlackRun {
  readonly #plan: SlackSoak;
  readonly #world: World;
  readonly #violations: string[] = [];
  #asked: { readonly what: string; readonly asked: Asked }[] = [];
  #wasKilled = false;

  constructor(plan: SlackSoak, world: World) {
    this.#plan = plan;
    this.#world = world;
    for (const [i, proxy] of world.proxies.entries()) {
      const node = world.fleet.node(i).name;
      const testify = (line: string) => this.#testify(node, line);
      proxy.onLine = testify;
      proxy.onLanding = testify;
    }
  }

  async play(): Promise<SoakReport> {
    const { minutes, rounds: limit = Number.POSITIVE_INFINITY } = this.#plan;
    const end = performance.now() + minutes * 60_000;
    let rounds = 0;
    for (
      ;
      rounds < limit && performance.now() < end && this.#violations.length === 0;
      rounds += 1
    ) {
      await this.#round();
    }
    const { rows } = committedIn(this.#world.bot.folder);
    return { rounds, violations: this.#violations, notes: [`${rows.length} rows`] };
  }

  async #round(): Promise<void> {
    const { dice } = this.#plan;
    this.#asked = [];
    this.#wasKilled = false;
    // What is drawn does not depend on what has come of it: the seed repeats the round.
    const story = dice.pick(['release', 'release', 'release', 'rollback', 'none'] as const);
    const isApproved = dice.chance(0.85);
    const acts = Array.from({ length: 1 + dice.below(5) }, () => ({
      after: dice.below(6_000),
      who: dice.pick(people),
      what: dice.pick(['type', 'press', 'press', 'press'] as const),
      words: dice.pick(typed),
      roll: dice.roll(),
    }));
    const troubles = Array.from({ length: dice.below(3) }, () => this.#trouble());
    await Promise.all([
      this.#tell(story, isApproved),
      ...acts.map(async ({ after, who, what, words, roll }) => {
        await pause(after);
        await (what === 'type' ? this.#type(who, words) : this.#press(who, roll));
      }),
      ...troubles.map((trouble) => trouble()),
    ]);
    await Promise.all(this.#world.proxies.map((proxy) => proxy.heal()));
    await this.#world.bot.slack.asUser('olaf').command('/release', `unlock checkout ${because}`);
    if (!(await this.#rests())) {
      this.#violations.push(`no rest: ${JSON.stringify(this.#locks())}`);
      return;
    }
    await this.#judge();
    for (const proxy of this.#world.proxies) proxy.seen.length = 0;
  }

  /** What gives the others something to come between: Rita asks, and mostly Ann approves. */
  async #tell(story: 'release' | 'rollback' | 'none', isApproved: boolean): Promise<void> {
    if (story === 'none') return;
    if (story === 'rollback') return this.#type('rita', ['/rollback', 'checkout']);
    await this.#type('rita', ['/release', 'checkout']);
    const { slack } = this.#world.bot;
    const card = () => slack.messages().findLast((one) => labels(one).includes('Approve'));
    if (!isApproved || !(await comes(() => card() !== undefined, 4_000))) return;
    const shown = card();
    if (shown === undefined) return;
    this.#plan.count('press Approve');
    await slack.asUser('ann').press(shown, 'Approve');
  }

  async #type(who: string, [command, text]: readonly [string, string]): Promise<void> {
    this.#plan.count(`${command} ${text.split(' ')[0]}`);
    const asked = await this.#world.bot.slack.asUser(who).command(command, text);
    this.#asked.push({ what: `${who}: ${command} ${text}`, asked });
  }

  /** A button of the newest message that has one. */
  async #press(who: string, roll: number): Promise<void> {
    const { slack } = this.#world.bot;
    const card = slack.messages().findLast((message) => labels(message).length > 0);
    const button = card === undefined ? undefined : at(labels(card), roll);
    if (card === undefined || button === undefined) return;
    this.#plan.count(`press ${button}`);
    const asked = await slack.asUser(who).press(card, button);
    if (asked.error !== undefined && !this.#wasKilled) {
      this.#violations.push(`${who}: ${button} failed with ${asked.error}`);
    }
  }

  #trouble(): () => Promise<void> {
    const { dice, count } = this.#plan;
    const { proxies, fleet, bot, env } = this.#world;
    const after = dice.below(6_000);
    const proxy = dice.pick(proxies);
    const node = dice.pick(fleet.nodes);
    const kind = dice.pick(['fault', 'fault', 'slow', 'reload', 'freeze', 'kill', 'held'] as const);
    const fault = dice.pick(nodeFaults);
    const ms = 200 + dice.below(3_800);
    const every = 20 + dice.below(60);
    return async () => {
      await pause(after);
      count(kind);
      switch (kind) {
        case 'fault':
          await proxy.set(fault, { when: isWrite, times: 2 });
          return;
        case 'slow':
          await proxy.set({ kind: 'delay', ms }, { when: isWrite, times: 1 });
          return;
        case 'reload':
          return node.reload();
        case 'freeze':
          await node.pause();
          await pause(ms);
          node.resume();
          return;
        case 'kill':
        case 'held':
          if (this.#wasKilled) return;
          this.#wasKilled = true;
          await bot.stop('SIGKILL');
          delete env.POINTSMAN_FP;
          if (kind === 'held') env.POINTSMAN_FP = `hold:${every}:1500`;
          await bot.startAgain();
      }
    };
  }

  #locks(): readonly string[] {
    return committedIn(this.#world.bot.folder).locks;
  }

  /** Lets every open release end, by people's hands where it waits for them. */
  async #rests(): Promise<boolean> {
    const { proxies } = this.#world;
    const since = performance.now();
    while (performance.now() - since < 120_000) {
      const [id] = this.#locks();
      const isQuiet = proxies.every(({ delayed }) => delayed === 0);
      if (id === undefined && isQuiet) return true;
      if (id !== undefined && performance.now() - since > 3_000) await this.#end(id);
      await pause(400);
    }
    return false;
  }

  async #end(id: string): Promise<void> {
    const { dice } = this.#plan;
    const { slack } = this.#world.bot;
    const card = this.#world.bot.card(id);
    const [, state = ''] = card === undefined ? [] : firstLine(card).split(' · ');
    const rita = slack.asUser('rita');
    if (state === 'Awaiting approval') await rita.command('/release', `cancel ${id}`);
    if (state === 'Awaiting acceptance') await rita.command('/release', `accept ${id}`);
    if (state !== 'Needs attention') return;
    const side = dice.pick(['blue', 'green'] as const);
    await slack.asUser('olaf').command('/release', `settle ${id} ${side} ${because}`);
  }

  async #judge(): Promise<void> {
    const { bot, fleet } = this.#world;
    this.#violations.push(...(await judgeCheckout(fleet, bot.folder)));
    await this.#judgeMessages();
    if (this.#wasKilled) return;
    for (const { what, asked } of this.#asked) {
      const isAnswered = await comes(() => asked.answers.length > 0);
      if (!isAnswered) this.#violations.push(`"${what}" was not answered (${asked.error})`);
    }
  }

  /** The newest message of every release that has ended says how. */
  async #judgeMessages(): Promise<void> {
    const { bot } = this.#world;
    const { rows } = committedIn(bot.folder, 400);
    for (const { release, what } of rows) {
      if (release === undefined || what.kind !== 'ended') continue;
      const words = `${what.state.charAt(0).toUpperCase()}${what.state.slice(1).replace('_', ' ')}`;
      const shown = () => {
        const card = bot.card(release);
        return card === undefined ? 'no message' : firstLine(card);
      };
      const line = `${release} · ${words}`;
      if (!(await comes(() => shown() === line))) {
        this.#violations.push(`the message of ${release} shows "${shown()}", not "${line}"`);
      }
    }
  }

  #testify(node: string, line: string): void {
    const meaning = mapMeaning(line);
    if (meaning === undefined) return;
    const { rows } = committedIn(this.#world.bot.folder, 600);
    const why = whyUnfounded({ node, line, meaning, rows });
    if (why !== undefined) this.#violations.push(why);
  }
}

function at<T>(all: readonly T[], roll: number): T | undefined {
  return all[Math.floor(roll * all.length)];
}

function comes(what: () => boolean, timeout = 30_000): Promise<boolean> {
  return waitUntil(what, { timeout }).then(
    () => true,
    () => false,
  );
}
