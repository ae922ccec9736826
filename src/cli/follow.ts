import type { Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import { stagesOf } from '../release/stages.ts';
import { isEnd, stateTitle } from '../release/states.ts';
import { type ExitCode, exitCodes, exitOf } from './exit-codes.ts';

/** Where a followed release is looked up, and what is said of it meanwhile. */
export interface Following {
  readonly releaseOf: (id: string) => Promise<Release | undefined> | Release | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly say: (line: string) => void;
  /** Shows how far it is, where somebody watches: `done` of `total` stages. */
  readonly show: (line: string, done: number, total: number) => void;
}

/** Between two looks, milliseconds. */
const lookMs = 200;
/** How often a release that needs attention is looked at while it is being tried again: a silent node gets 10 s. */
const triesOnAttention = 100;

/** Follows what a reply began until it has ended or waits for a person; says each state once. */
export async function follow(reply: Reply, following: Following): Promise<ExitCode> {
  if (reply.kind !== 'done' || reply.release === undefined) return exitOf(reply);
  let said = '';
  for (let looks = 0; ; looks += 1) {
    const release = await following.releaseOf(reply.release);
    if (release === undefined) return exitOf(reply);
    const title = `${release.id} · ${stateTitle(release.state)}`;
    if (said !== title) showWhere(release, title, following);
    said = title;
    const exit = exitOfRelease(release, looks);
    if (exit !== undefined) return sayLast(release, exit, following);
    await following.sleep(lookMs);
  }
}

function showWhere(release: Release, title: string, { show }: Following): void {
  const stages: readonly string[] = stagesOf(release);
  const here = Math.max(0, stages.indexOf(release.stage ?? ''));
  show(title, isEnd(release.state) ? stages.length : here, stages.length);
}

function sayLast(release: Release, exit: ExitCode, { say }: Following): ExitCode {
  for (const line of lastWords(release)) say(line);
  return exit;
}

function lastWords({ ended, attention }: Release): readonly string[] {
  if (ended !== undefined) return [ended.sentence];
  return attention === undefined ? [] : [attention.why, ...attention.byHand];
}

/** How the program ends for a release that rests; undefined while it is under way. */
function exitOfRelease(release: Release, looks: number): ExitCode | undefined {
  const { state } = release;
  if (state === 'completed' || state === 'cancelled' || state === 'aborted') return exitCodes.done;
  if (isEnd(state)) return exitCodes.malfunction;
  const begun = isBegun(release);
  if (state === 'needs_attention') {
    return begun && looks < triesOnAttention ? undefined : exitCodes.needsAttention;
  }
  const waits = state === 'awaiting_approval' || state === 'awaiting_acceptance';
  return waits && !begun ? exitCodes.done : undefined;
}

/** Somebody has decided; what follows from it is under way. */
function isBegun({ settling, goingBack, acceptedBy }: Release): boolean {
  return settling !== undefined || goingBack !== undefined || acceptedBy !== undefined;
}
