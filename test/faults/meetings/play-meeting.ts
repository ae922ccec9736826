import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply } from '../../../src/commands/command.ts';
import type { Release } from '../../../src/release/release.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { EngineProcess } from '../engine-process/engine-process.ts';
import { isWrite } from '../fault-proxy.ts';
import { isAtRest } from '../kills/at-rest.ts';
import { committedIn } from '../kills/journal-at.ts';
import type { Fixture } from './fixture.ts';
import type { Act, Stage } from './meetings.ts';
import { isBeyondHorizon, type Play } from './trouble.ts';

/** Plays one meeting on a fixture, judges it at rest and once more when people have ended all that was open. */
export async function playMeeting(
  fixture: Fixture,
  script: string,
  play: Play,
): Promise<readonly string[]> {
  const order = await fixture.fresh(!isBeyondHorizon(play.trouble));
  const engine = new EngineProcess(script, order);
  const run = new MeetingRun(fixture, engine, order.folder, play);
  try {
    engine.start();
    await run.reach(play.meeting.stage);
    return await run.meet(() => engine.start(failpointOf(play)));
  } finally {
    await engine.end();
    await Promise.all(fixture.proxies.map((proxy) => proxy.heal()));
  }
}

function failpointOf({ trouble }: Play): string | undefined {
  return trouble.kind === 'held' ? `hold:${trouble.every}:${trouble.ms}` : undefined;
}

const people = {
  release: { user: 'U0RITA', command: { kind: 'release', service: 'checkout' } },
  approve: { user: 'U0ANN', command: { kind: 'approve', of: 'checkout-1' } },
  accept: { user: 'U0RITA', command: { kind: 'accept', of: 'checkout-1' } },
} as const satisfies Record<string, Act>;

class MeetingRun {
  readonly #fixture: Fixture;
  readonly #engine: EngineProcess;
  readonly #folder: string;
  readonly #play: Play;

  constructor(fixture: Fixture, engine: EngineProcess, folder: string, play: Play) {
    this.#fixture = fixture;
    this.#engine = engine;
    this.#folder = folder;
    this.#play = play;
  }

  /** Brings the service where the acts meet. Throws where that cannot be done: then nothing can be played. */
  async reach(stage: Stage): Promise<void> {
    if (stage === 'free') return;
    const isSick = stage === 'attention' && this.#isServers;
    if (isSick) writeFileSync(join(this.#folder, 'sick'), '');
    await this.#done(people.release);
    if (stage === 'asked') return;
    await this.#done(people.approve);
    if (isSick) {
      await this.#until('needs_attention');
      return writeFileSync(join(this.#folder, 'mended'), '');
    }
    await this.#until('awaiting_acceptance');
    if (stage === 'completed') {
      await this.#done(people.accept);
      await this.#until(undefined);
    }
    if (stage === 'attention') {
      await this.#fixture.knock();
      await this.#until('needs_attention');
    }
  }

  /** `startAgain`: with what the trouble wants of the process. */
  async meet(startAgain: () => void): Promise<readonly string[]> {
    const { trouble } = this.#play;
    if (trouble.kind === 'held') await this.#restart(startAgain);
    if (trouble.kind === 'slow') {
      const { node, ms, times, lines } = trouble;
      const when = lines === 'writes' ? isWrite : () => true;
      await this.#fixture.proxies[node]?.set({ kind: 'delay', ms }, { when, times });
    }
    await this.#act();
    if (trouble.kind === 'kill') await this.#restart(startAgain);
    const found: string[] = [];
    if (!(await this.#rests(() => Promise.resolve()))) found.push('no rest in a minute');
    found.push(...(await this.#judged()));
    if (!(await this.#rests((release) => this.#end(release), true))) {
      found.push(`people could not end it: ${await this.#whys()}`);
    }
    found.push(...(await this.#judged()));
    return [...new Set([...this.#fixture.witnessed(), ...found])];
  }

  get #isServers(): boolean {
    return this.#fixture.proxies.length === 2;
  }

  /** The two acts; with a kill the process may be gone in the middle of them. */
  async #act(): Promise<void> {
    const { meeting, trouble } = this.#play;
    const [one, other] = meeting.acts;
    const since = this.#lines();
    const asked: Promise<unknown>[] = [this.#ask(one)];
    if (meeting.gap === 'answered') await asked[0];
    else await this.#passed(since + meeting.gap);
    if (other !== undefined) asked.push(this.#ask(other));
    if (trouble.kind === 'kill') {
      await this.#passed(since + trouble.lines);
      await this.#engine.kill();
    }
    await Promise.all(asked);
  }

  #ask({ user, command }: Act): Promise<Reply | undefined> {
    return this.#engine.ask(user, command);
  }

  async #done(act: Act): Promise<void> {
    const reply = await this.#ask(act);
    if (reply?.kind === 'done') return;
    const words = reply !== undefined && 'text' in reply ? reply.text : '';
    throw new Error(`${act.command.kind} was answered ${reply?.kind}: ${words}`);
  }

  /** Lines that went by, of all nodes. */
  #lines(): number {
    return this.#fixture.proxies.reduce((sum, { seen }) => sum + seen.length, 0);
  }

  /** So many lines went by, or none more come. */
  async #passed(lines: number): Promise<void> {
    const limit = performance.now() + 3_000;
    await waitUntil(() => this.#lines() >= lines || performance.now() > limit, {
      every: 2,
      timeout: 5_000,
    });
  }

  async #until(state: string | undefined): Promise<void> {
    await waitUntil(async () => (await this.#states())[0] === state, {
      timeout: 30_000,
      what: `checkout-1 to be ${state ?? 'completed'}`,
    });
  }

  async #states(): Promise<readonly string[]> {
    const open = await this.#engine.open();
    return (open ?? []).map(({ state }) => state);
  }

  /** For what waits for a person: what is said of it. */
  async #whys(): Promise<string> {
    const open = await this.#engine.open();
    return (open ?? []).map(({ id, attention }) => `${id}: ${attention?.why}`).join('; ');
  }

  /** A release that awaits acceptance only looks at rest until recovery has said its word of it. */
  readonly #rowsAtStart = new Map<string, number>();

  async #restart(startAgain: () => void): Promise<void> {
    await this.#engine.kill();
    const { rows } = committedIn(this.#folder);
    this.#rowsAtStart.clear();
    for (const { release } of rows) {
      if (release !== undefined) this.#rowsAtStart.set(release, countOf(rows, release));
    }
    startAgain();
  }

  /** True: what is open waits for a person, or nothing is, and no line is on its way. `act`: what people do meanwhile. */
  async #rests(act: (release: Release) => Promise<unknown>, isEnd = false): Promise<boolean> {
    let lastAct = 0;
    const quiet = async () => {
      const open = await this.#engine.open();
      if (open === undefined || this.#fixture.proxies.some(({ delayed }) => delayed > 0)) return;
      // Nobody types twice within a second or two what is being done.
      if (performance.now() - lastAct > 1_500) {
        lastAct = performance.now();
        for (const release of open) if (isAtRest(release)) await act(release);
      }
      return (isEnd ? open.length === 0 : open.every((one) => this.#isSpokenOf(one))) || undefined;
    };
    const found = waitUntil(quiet, { timeout: 60_000, every: 60 });
    return found.then(
      () => true,
      () => false,
    );
  }

  #isSpokenOf(release: Release): boolean {
    if (!isAtRest(release)) return false;
    const { rows } = committedIn(this.#folder);
    const atStart = this.#rowsAtStart.get(release.id) ?? 0;
    return release.state !== 'awaiting_acceptance' || countOf(rows, release.id) > atStart;
  }

  #end({ id, state }: Release): Promise<unknown> {
    const because = 'the run is over';
    switch (state) {
      case 'awaiting_approval':
        return this.#ask({ user: 'U0RITA', command: { kind: 'cancel', of: id } });
      case 'awaiting_acceptance':
        return this.#ask({ user: 'U0RITA', command: { kind: 'accept', of: id } });
      default:
        if (this.#isServers) {
          return this.#ask({ user: 'U0OLAF', command: { kind: 'abort', of: id } });
        }
        return this.#ask({
          user: 'U0OLAF',
          command: { kind: 'settle', release: id, side: 'blue', because },
        });
    }
  }

  /** What is told as drift is told within a round or two. */
  async #judged(): Promise<readonly string[]> {
    const told = isBeyondHorizon(this.#play.trouble);
    let found: readonly string[] = [];
    const limit = performance.now() + (told ? 8_000 : 0);
    do {
      found = await this.#fixture.judge((await this.#engine.open()) ?? [], told);
    } while (found.length > 0 && performance.now() < limit);
    return found;
  }
}

function countOf(rows: readonly { readonly release?: string }[], id: string): number {
  return rows.filter(({ release }) => release === id).length;
}
