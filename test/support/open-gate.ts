import type { EffectGate } from '../../src/engine/ports.ts';

/** The gate of a release that nobody interrupts: for tests of what stands below the engine. */
export const openGate: EffectGate = {
  check: () => undefined,
  signal: new AbortController().signal,
};

/** The gate of a release that was interrupted. */
export function shutGate(): EffectGate {
  const signal = AbortSignal.abort(new Error('interrupted'));
  return { check: () => signal.throwIfAborted(), signal };
}
