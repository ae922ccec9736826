import type { HookOutcome, HookRun } from '../release/hook-run.ts';
import type { Release } from '../release/release.ts';
import { isEnd } from '../release/states.ts';
import { cutText, sentenceText, typedText } from './slack-text.ts';

const marks: Readonly<Record<HookOutcome, string>> = {
  succeeded: '✓',
  failed: '✗',
  timed_out: '✗',
  cancelled: '✗',
  unknown: '?',
};
const shown = 8;

/** The newest run of each hook: how it ended, or that it runs. */
export function hookLines({ hooks = [] }: Release): readonly string[] {
  const newest = hooks.filter(
    (run, i) =>
      !hooks.slice(i + 1).some(({ point, server }) => point === run.point && server === run.server),
  );
  return newest.slice(-shown).map(hookLine);
}

function hookLine({ point, server, command, ended }: HookRun): string {
  const name = server === undefined ? point : `${point} ${typedText(server)}`;
  if (ended === undefined) return `… Hook ${name} runs: ${cutText(typedText(command), 200)}`;
  const mark = marks[ended.outcome];
  const seconds = `${Math.round(ended.ms / 100) / 10} s`;
  if (ended.outcome === 'succeeded') return `${mark} Hook ${name} (${seconds})`;
  return `${mark} Hook ${name}: ${cutText(sentenceText(ended.sentence), 400)}`;
}

/** From here on one person alone does not take it back. */
export function noReturnLine(release: Release): readonly string[] {
  const { noReturn, plan, state } = release;
  if (noReturn !== undefined) {
    return [`⚠ Beyond its point of no return (${noReturn}): going back needs two people`];
  }
  if (isEnd(state)) return [];
  const ahead = Object.entries(plan.hooks ?? {}).find(([, hook]) => hook.pointOfNoReturn);
  return ahead === undefined
    ? []
    : [`⚠ The hook ${ahead[0]} is a point of no return: then going back needs two people`];
}
