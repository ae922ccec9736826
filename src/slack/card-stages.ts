import type { PlanBlock, TaskCardBlock } from '@slack/types';
import { counted } from '../release/counted.ts';
import { isSidePlan } from '../release/plan.ts';
import type { Release } from '../release/release.ts';
import { skewWords } from '../release/skew-words.ts';
import { type StageName, stagesOf } from '../release/stages.ts';
import { isEnd } from '../release/states.ts';
import { cleanText } from './slack-text.ts';
import { literal } from './table-cells.ts';

const titles: Readonly<Record<StageName, string>> = {
  awaiting_approval: 'Approval',
  deploying: 'Deploy',
  preflight: 'Checks before the switch',
  switching: 'Switch on every node',
  verifying: 'Read back',
  smoking: 'Smoke tests',
  baking: 'Bake',
  awaiting_acceptance: 'Acceptance',
  persisting: 'Persist to disk',
  draining: 'Drain the old side',
};

/** A release of single servers switches nothing: it takes them in turn, or sets one. */
function titleOf({ plan }: Release, stage: StageName): string {
  if (stage !== 'switching' || isSidePlan(plan)) return titles[stage];
  return plan.kind === 'rolling' ? 'Servers in turn' : 'Set on every node';
}

type Status = TaskCardBlock['status'];

/** The release's task list: one task per stage it goes through; of an ended one, those that it came to. */
export function stageList(release: Release): PlanBlock | undefined {
  const stages = stagesOf(release);
  const here = (stages as readonly string[]).indexOf(standing(release) ?? '');
  const isOver = isEnd(release.state) && release.state !== 'completed';
  if (isOver && endedUnbegun(release)) return undefined;
  const tasks = stages.map((stage, index) => task(release, stage, statusOf(release, index, here)));
  return {
    type: 'plan',
    title: listTitle(release, stages, here),
    tasks: isOver ? tasks.slice(0, Math.max(1, here + 1)) : tasks,
  };
}

/** True for what ended before its first step: nothing was done, and no node was asked to do anything. */
export function endedUnbegun({ state, stage }: Release): boolean {
  return isEnd(state) && (stage === undefined || stage === 'awaiting_approval');
}

function standing(release: Release): string | undefined {
  return isEnd(release.state) || release.state === 'needs_attention'
    ? release.stage
    : release.state;
}

function listTitle(release: Release, stages: readonly StageName[], here: number): string {
  if (release.state === 'completed')
    return stages.length === 1 ? 'The step is done' : `All ${stages.length} steps done`;
  if (isEnd(release.state))
    return `Stopped after ${Math.max(0, here)} of ${counted(stages.length, 'step')}`;
  const stage = stages[here];
  return stage === undefined
    ? counted(stages.length, 'step')
    : `Step ${here + 1} of ${stages.length}: ${titleOf(release, stage)}`;
}

/** Somebody ended it: the step that it was at has not failed. */
const byPerson: ReadonlySet<Release['state']> = new Set([
  'aborted',
  'cancelled',
  'rejected',
  'expired',
]);

function statusOf(release: Release, index: number, here: number): Status {
  if (release.state === 'completed' || index < here) return 'complete';
  if (index > here) return 'pending';
  if (byPerson.has(release.state)) return 'pending';
  const stopped =
    isEnd(release.state) || release.state === 'needs_attention' || release.goingBack !== undefined;
  return stopped ? 'error' : 'in_progress';
}

function task(release: Release, stage: StageName, status: Status): TaskCardBlock {
  const details = cleanText(detailsOf(release, stage, status)).slice(0, 300);
  return {
    type: 'task_card',
    task_id: stage,
    title: titleOf(release, stage),
    status,
    ...(details === '' ? {} : { details: literal(details) }),
  };
}

/** How many requests were answered as expected, the numbers where it is decided. */
function smokeDetails({ gates }: Release): string {
  const sent = gates.filter(({ gate }) => gate.startsWith('smoke '));
  const good = sent.filter(({ result }) => result === 'successful').length;
  return sent.length === 0
    ? ''
    : `${good} of ${counted(sent.length, 'request')} answered as expected`;
}

function sentencesOf({ gates }: Release, names: readonly string[]): string {
  return gates
    .filter(({ gate }) => names.includes(gate))
    .map(({ sentence }) => sentence)
    .join('; ');
}

function detailsOf(release: Release, stage: StageName, status: Status): string {
  // Why it stopped stands in the message itself, once.
  if (status !== 'complete') return '';
  switch (stage) {
    case 'awaiting_approval':
      return `${release.approvals.length} of ${release.plan.approvers}`;
    case 'preflight':
      return `${counted(release.plan.target.nodes.length, 'node')} checked`;
    case 'switching':
      return skewWords(release.skewMs) ?? '';
    case 'smoking':
      return smokeDetails(release);
    case 'baking':
      return sentencesOf(release, ['error rate', 'latency', 'bake']);
    case 'draining':
      return release.drain === undefined
        ? ''
        : `${counted(release.drain.sessions, 'session')} left`;
    default:
      return '';
  }
}
