import type { Fault } from '../faults/fault-proxy.ts';

/** What may happen to lines on their way to a node. The delays lie before and behind the deadline of an exchange. */
export const nodeFaults: readonly Fault[] = [
  { kind: 'refuse' },
  { kind: 'hang' },
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'cut' },
  { kind: 'lie' },
  { kind: 'error' },
  { kind: 'delay', ms: 300 },
  { kind: 'delay', ms: 950 },
  { kind: 'delay', ms: 1_700 },
];
