import type { BakePower } from './bake-facts.ts';
import { hookCommandFor } from './hook-words.ts';
import type { HookPoint, SidePlan, Step } from './plan.ts';
import { powerWords } from './power-words.ts';
import { stepSentence } from './step-sentence.ts';
import { typed } from './typed.ts';

/** After which step a hook has its turn; those of the step `deploy` are its only content. */
const hooksAfter: Partial<Readonly<Record<Step['kind'], readonly HookPoint[]>>> = {
  deploy: ['migrate', 'deploy'],
  preflight: ['before_switch'],
  verify: ['after_switch'],
  drain: ['after_completed'],
};

/** What a plan will do, a sentence for each step and each hook, in the order in which they come. */
export function planSentences(plan: SidePlan, power?: BakePower): readonly string[] {
  const steps = plan.steps.flatMap((step) => [
    stepSentence(step, plan),
    ...(step.kind === 'bake' && power !== undefined ? [powerWords(power, step)] : []),
    ...(hooksAfter[step.kind] ?? []).flatMap((point) => hookSentence(plan, point)),
  ]);
  return [...steps, ...(plan.alsoUsed ?? []).map((sentence) => `${sentence}.`)];
}

function hookSentence(plan: SidePlan, point: HookPoint): readonly string[] {
  const { hooks = {}, service, version, to: side, from: otherSide } = plan;
  const hook = hooks[point];
  if (hook === undefined) return [];
  // Its number is not given yet.
  const facts = { point, service, side, otherSide, release: `${service}-…` };
  const words = hookCommandFor(hook, { ...facts, ...(version === undefined ? {} : { version }) });
  const within = `for at most ${Math.round(hook.timeoutMs / 1000)} s`;
  const mark = hook.pointOfNoReturn
    ? ' This is a point of no return: from there going back needs two people.'
    : '';
  return [`Hook ${point}: \`${typed(words)}\`, ${within}.${mark}`];
}
