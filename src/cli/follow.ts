import type { Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import { isEnd, stateTitle } from '../release/states.ts';
import { type ExitCode, exitCodes, exitOf } from './exit-codes.ts';

/** Where a followed release is looked up, and what is said of it meanwhile. */
export interface Following {
  readonly releaseOf: (id: string) => Promise<Release | undefined> | Release | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly say: (line: string) => void;
}

/** Between two looks, milliseconds. */
const lookMs = 200;

/** Follows what a reply began until it has ended or waits for a person; says each state once. */
export async function follow(reply: Reply, following: Following): Promise<ExitCode> {
  if (reply.kind !== 'done' || reply.release === undefined) return exitOf(reply);
  let said = '';
  for (;;) {
    const release = await following.releaseOf(reply.release);
    if (release === undefined) return exitOf(reply);
    const title = `${release.id} · ${stateTitle(release.state)}`;
    if (said !== title) following.say(title);
    said = title;
    const exit = exitOfRelease(release);
    if (exit !== undefined) return sayLast(release, exit, following);
    await following.sleep(lookMs);
  }
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
function exitOfRelease({ state, settling, goingBack }: Release): ExitCode | undefined {
  if (state === 'completed' || state === 'cancelled' || state === 'aborted') return exitCodes.done;
  if (isEnd(state)) return exitCodes.malfunction;
  const moving = settling !== undefined || goingBack !== undefined;
  if (state === 'needs_attention') return moving ? undefined : exitCodes.needsAttention;
  const waits = state === 'awaiting_approval' || state === 'awaiting_acceptance';
  return waits && !moving ? exitCodes.done : undefined;
}
