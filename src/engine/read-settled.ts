import type { NodeReading } from '../release/reading.ts';
import type { NodeName, Side } from '../release/vocabulary.ts';
import { inAHurry, nodesOf, onEveryNode } from './fleet.ts';
import { prepareSide, toPrepare } from './prepare-side.ts';
import type { RunContext } from './run-context.ts';
import { openMemoryIntents } from './write-memory.ts';

/** In the first round a side that was taken out whole is let in before it is judged. */
export async function readPrepared(
  context: RunContext,
  to: Side,
  firstRound: boolean,
): Promise<readonly NodeReading[]> {
  const readings = await readSettled(context, firstRound);
  const out = firstRound ? toPrepare(context, readings, to) : [];
  if (out.length === 0) return readings;
  await prepareSide(context, out, to);
  return readSettled(context, false);
}

/** Nodes with an unknown write behind them are read only after they have answered and settled. */
async function readSettled(
  context: RunContext,
  firstRound: boolean,
): Promise<readonly NodeReading[]> {
  const { route } = context;
  const { signal } = context.gate;
  const inTime = inAHurry();
  return onEveryNode(nodesOf(context.target), async (node) => {
    const reading = readOne(node);
    return firstRound ? inTime(node, reading) : reading;
  });

  async function readOne(node: NodeName): Promise<NodeReading> {
    const inDoubt = openMemoryIntents(context, node).some(({ seq }) => !context.answered.has(seq));
    if (inDoubt && !(await route.barrier(node, signal))) {
      return { kind: 'unreachable', node, why: 'it does not answer since an unknown write' };
    }
    return route.read(node, signal);
  }
}
