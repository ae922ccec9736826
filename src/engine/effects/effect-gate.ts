import type { EffectGate } from '../ports.ts';

/** The gate of one step: shut once its signal is aborted, and while the release is not open. */
export function effectGate(signal: AbortSignal, isOpen: () => boolean): EffectGate {
  return {
    signal,
    check: () => {
      signal.throwIfAborted();
      if (!isOpen()) throw new Error('The release has ended: nothing more is sent for it.');
    },
  };
}
