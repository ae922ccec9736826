import type { EffectGate } from '../../src/engine/ports.ts';

/** The gate of a release that nobody interrupts: for tests of what stands below the engine. */
export const openGate = gateOf(new AbortController().signal);

/** The gate of a release that was interrupted. */
export function shutGate(): EffectGate {
  return gateOf(AbortSignal.abort(new Error('interrupted')));
}

/** A gate that is shut when the signal is aborted. */
export function gateOf(signal: AbortSignal): EffectGate {
  return { check: () => signal.throwIfAborted(), signal } as unknown as EffectGate;
}
