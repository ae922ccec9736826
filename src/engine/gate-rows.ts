import type { GateReport, Happening } from '../release/journal-entry.ts';
import type { Worker } from '../release/reading.ts';
import type { RunContext } from './run-context.ts';

/** What preflight found, of every node. */
export function recordChecked(
  context: RunContext,
  gates: readonly GateReport[],
  workers: Readonly<Record<string, Worker>>,
): void {
  const [first = [], ...more] = inParts(gates);
  context.recordAll([
    { what: { kind: 'gates_checked', gates: first, workers } },
    ...more.map((part) => ({
      what: { kind: 'gates_checked', gates: part, workers: {}, more: true } as const,
    })),
  ]);
}

/** What the smoke requests or the bake showed. */
export function recordGates(
  context: RunContext,
  what: Extract<Happening, { kind: 'smoked' | 'baked' }>,
): void {
  context.recordAll(inParts(what.gates).map((gates) => ({ what: { ...what, gates } })));
}

/** Bytes of JSON that the gates of one row may take; the workers of a fleet stand beside them. */
const mostBytes = 45_000;

/** The gates of a large fleet in as many parts as journal rows hold whole: evidence is not cut. At least one part. */
export function inParts(gates: readonly GateReport[]): readonly (readonly GateReport[])[] {
  const parts: GateReport[][] = [[]];
  let bytes = 0;
  for (const gate of gates) {
    const size = Buffer.byteLength(JSON.stringify(gate)) + 1;
    if (bytes + size > mostBytes && bytes > 0) {
      parts.push([]);
      bytes = 0;
    }
    bytes += size;
    parts.at(-1)?.push(gate);
  }
  return parts;
}
