/** A task that could not be played, however often it was tried: it shows nothing, neither that rules hold nor that they break. */
export interface Lost {
  /** What was to be played. */
  readonly task: string;
  readonly why: string;
}

/** How often a task is tried: a loaded machine may spoil a play once or twice. */
const tries = 3;

interface Lane {
  end(): Promise<void>;
}

/** Some lanes side by side, each with nodes of its own. A lane on which a play failed is replaced by a new one. */
export class Lanes<L extends Lane> {
  readonly #open: () => Promise<L>;
  readonly #lanes: (L | undefined)[];

  constructor(count: number, open: () => Promise<L>) {
    this.#open = open;
    this.#lanes = Array.from({ length: count }, () => undefined);
  }

  /** Works off the tasks, one at a time per lane, and gives those that could not be played. */
  async spread<T>(
    tasks: readonly T[],
    nameOf: (task: T) => string,
    work: (lane: L, task: T) => Promise<void>,
  ): Promise<readonly Lost[]> {
    const lost: Lost[] = [];
    let next = 0;
    await Promise.all(
      this.#lanes.map(async (_, slot) => {
        for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
          const why = await this.#try(slot, task, work);
          if (why !== undefined) lost.push({ task: nameOf(task), why });
        }
      }),
    );
    return lost;
  }

  async end(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane?.end()));
  }

  /** Why the task was not played, or undefined. */
  async #try<T>(
    slot: number,
    task: T,
    work: (lane: L, task: T) => Promise<void>,
  ): Promise<string | undefined> {
    let why = '';
    for (let n = 0; n < tries; n += 1) {
      try {
        const lane = this.#lanes[slot] ?? (await this.#open());
        this.#lanes[slot] = lane;
        await work(lane, task);
        return undefined;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        await this.#give(slot);
      }
    }
    return why;
  }

  /** A node of it may have died: nothing more is played there. */
  async #give(slot: number): Promise<void> {
    const lane = this.#lanes[slot];
    this.#lanes[slot] = undefined;
    await lane?.end().catch(() => undefined);
  }
}
