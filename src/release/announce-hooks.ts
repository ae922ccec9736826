import type { HookRun } from './hook-run.ts';
import type { Entry, Happening } from './journal-entry.ts';
import type { Release, SideRelease } from './release.ts';
import { typed } from './typed.ts';

type HookRow = Extract<Happening, { kind: 'hook_started' | 'hook_output' | 'hook_ended' }>;

/** What the thread is told of a hook. */
export function noteOfHook(what: HookRow, release: Release): string | undefined {
  if (what.kind === 'hook_started') {
    // One that runs once per server is told by its end alone: the message shows what runs.
    if (what.server !== undefined) return undefined;
    const again = what.attempt === 1 ? '' : `, run ${what.attempt}`;
    return `Hook ${what.point}${of(what)} begins${again}: \`${typed(what.command)}\``;
  }
  const run = release.hooks?.find(({ seq }) => seq === what.hook);
  if (run === undefined) return undefined;
  const name = `${run.point}${of(run)}`;
  if (what.kind === 'hook_output') return `${name}:\n\`\`\`\n${typed(what.text)}\n\`\`\``;
  return `Hook ${name} ${what.outcome.replaceAll('_', ' ')} after ${seconds(what.ms)}. ${what.sentence}`;
}

/** Where a failure is told by the end of the release, or by its way back, it is not told twice. */
const toldElsewhere: ReadonlySet<HookRun['point']> = new Set([
  'migrate',
  'deploy',
  'before_switch',
  'after_switch',
]);

/** What the whole channel is told: a hook failed at a point after which nothing is undone. */
export function loudHook(
  { hook, outcome, sentence }: Extract<Happening, { kind: 'hook_ended' }>,
  { id, hooks }: Release,
): string | undefined {
  if (outcome !== 'failed' && outcome !== 'timed_out') return undefined;
  const run = hooks?.find(({ seq }) => seq === hook);
  if (run === undefined || toldElsewhere.has(run.point)) return undefined;
  return `${id}: the hook ${run.point} ${outcome.replaceAll('_', ' ')}; the traffic stays where it is. ${sentence}`;
}

/** The first of two people has spoken. */
export function returnAsked({ actor }: Entry, release: SideRelease): string {
  const { id, service, plan, noReturn } = release;
  return `@${actor} wants ${id} taken back to ${plan.from}. It is beyond its point of no return (${noReturn}), so a second person must ${wayFor(release)} \`/rollback ${service}\` within the hour.`;
}

/** The button that stands there, and what is typed where there is none. */
function wayFor({ ended, state, plan }: SideRelease): string {
  if (ended !== undefined) return 'type';
  return state === 'needs_attention'
    ? `press Accept ${plan.from}, or type`
    : 'press Roll back, or type';
}

function of({ server }: { readonly server?: string }): string {
  return server === undefined ? '' : ` of ${server}`;
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
