import type { StepGate } from '../ports.ts';

/** The gate of one step: shut once its signal is aborted, and while the release is not open. */
export function stepGate(signal: AbortSignal, isOpen: () => boolean): StepGate {
  return {
    signal,
    check: () => {
      signal.throwIfAborted();
      if (!isOpen()) throw new Error('The release has ended: nothing more is sent for it.');
    },
  };
}
