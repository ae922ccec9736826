/** How long one ending may take before the next one has its turn, milliseconds. */
const patienceMs = 15_000;

/** Everything that was started, to be ended in the opposite order, each with a deadline, whatever the others do. */
export class Endings {
  readonly #open: { readonly what: string; readonly end: () => unknown }[] = [];
  #ending: Promise<readonly string[]> | undefined;

  /** Remembers how to end what was just started. */
  add(what: string, end: () => unknown): void {
    this.#open.push({ what, end });
  }

  /** Ends all of it, once; resolves with a sentence for each that could not be ended. Never rejects. */
  end(): Promise<readonly string[]> {
    this.#ending ??= this.#endAll();
    return this.#ending;
  }

  async #endAll(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (let last = this.#open.pop(); last !== undefined; last = this.#open.pop()) {
      const { what, end } = last;
      try {
        await withinPatience(end());
      } catch (error) {
        problems.push(
          `${what} could not be ended: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
    return problems;
  }
}

async function withinPatience(ending: unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not end within ${patienceMs / 1000} s`)),
      patienceMs,
    );
  });
  await Promise.race([ending, late]).finally(() => clearTimeout(timer));
}
