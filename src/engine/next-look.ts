import type { RunContext } from './run-context.ts';

/** A look at a release that needs attention comes at most this much later than the one before, milliseconds. */
const rarestLookMs = 600_000;

/** Rests until a release that needs attention is looked at again: every drift round, then more rarely. */
export async function restUntilNextLook(context: RunContext): Promise<void> {
  const { everyMs } = context.deps.config.drift;
  await context.rest(Math.min(everyMs * 2 ** context.looks, rarestLookMs));
  context.looks += 1;
  context.lookAgain = true;
}
