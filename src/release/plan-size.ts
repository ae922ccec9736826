import type { Observed, Plan, SidePlan } from './plan.ts';
import type { Held } from './reading.ts';

/** The body of a journal row stays below 64 KB: so many bytes of JSON, UTF-8. */
export const largestBody = 65_000;

/** What stands in the row of a request beside its plan: a number, a reason and remarks, each cut where they are long. */
const besidePlan = 2_000;

/** A value that was read may be long and is another hand's: so much of it stands in a plan. */
const longestValue = 64;

/** Why no journal row holds this plan, as a sentence's end; undefined where one does. */
export function whyTooLarge(plan: Plan): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  const most = largestBody - besidePlan;
  if (bytes <= most) return undefined;
  const nodes = plan.target.nodes.length;
  return `its plan names ${nodes} nodes in ${bytes} bytes, and a journal row holds ${most}, which is about ${Math.floor((nodes * most) / bytes)} such nodes; divide the fleet`;
}

/** Going back is not refused for its size: what was found is left out of the plan where the row would not hold it. */
export function fitted(plan: SidePlan): SidePlan {
  return whyTooLarge(plan) === undefined ? plan : { ...plan, observed: [] };
}

/** What was found, in as few words as a plan needs; the whole words are the message's and the log's. */
export function inBrief({ node, memory, disk, file }: Observed): Observed {
  return {
    node,
    memory: heldInBrief(memory),
    disk: heldInBrief(disk),
    ...(file === undefined ? {} : { file }),
  };
}

function heldInBrief(held: Held): Held {
  switch (held.kind) {
    case 'unreadable':
      return { kind: 'unreadable', why: 'not read' };
    case 'between':
      return { kind: 'between', words: held.words.slice(0, longestValue) };
    case 'foreign':
      return { kind: 'foreign', value: held.value.slice(0, longestValue) };
    case 'duplicate':
      return {
        kind: 'duplicate',
        values: held.values.slice(0, 2).map((value) => value.slice(0, longestValue)),
      };
    default:
      return held;
  }
}
