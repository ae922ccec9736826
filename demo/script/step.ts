import { performance } from 'node:perf_hooks';

/** One thing the play does and checks. `run` resolves with what was seen, and rejects where it does not hold. */
export interface Step<Scene> {
  readonly name: string;
  /** Milliseconds until it counts as not held. */
  readonly deadline: number;
  readonly run: (scene: Scene) => Promise<string>;
}

export interface Held {
  readonly name: string;
  readonly seen: string;
  readonly tookMs: number;
}

/** A step did not hold; the message says which one and why. */
export class StepFailed extends Error {
  readonly step: string;

  constructor(step: string, cause: unknown) {
    super(`The step "${step}" did not hold: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.step = step;
  }
}

/** Runs the steps in order, telling `onHeld` of each; rejects with StepFailed at the first that does not hold. */
export async function playSteps<Scene>(
  steps: readonly Step<Scene>[],
  scene: Scene,
  options: { readonly signal: AbortSignal; readonly onHeld: (held: Held) => void },
): Promise<void> {
  for (const { name, deadline, run } of steps) {
    const start = performance.now();
    try {
      const seen = await within(deadline, options.signal, run(scene));
      options.onHeld({ name, seen, tookMs: performance.now() - start });
    } catch (error) {
      throw new StepFailed(name, error);
    }
  }
}

async function within<T>(deadline: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${deadline} ms`)), deadline);
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  return Promise.race([work, ended]).finally(() => {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  });
}

/** Throws with this sentence where the condition does not hold. */
export function expectThat(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}
