import type { Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import { stagesOf } from '../release/stages.ts';
import { isEnd, type ReleaseState, stateTitle } from '../release/states.ts';
import { type ExitCode, exitCodes, exitOf } from './exit-codes.ts';

/** A followed release as it was found. */
export type Seen =
  | { readonly kind: 'release'; readonly release: Release }
  /** Who drives it was there and is gone: it may come back. */
  | { readonly kind: 'absent' }
  /** Who drives it holds the database and says nothing; or it knows no such release. */
  | { readonly kind: 'silent' | 'none' };

/** Where a followed release is looked up, and what is said of it meanwhile. */
export interface Following {
  readonly releaseOf: (id: string) => Promise<Seen> | Seen;
  readonly sleep: (ms: number) => Promise<void>;
  /** What was asked for is the way back: then a release that went back has done what was wanted. */
  readonly goesBack: boolean;
  /** Shows how far it is, where somebody watches: `done` of `total` stages. */
  readonly show: (line: string, done: number, total: number) => void;
  /** Hears once how it rests. */
  readonly end: (end: End) => void;
}

/** How what was followed rests: the state it ended in or waits in, or that nobody knows. */
export interface End {
  readonly release: string;
  readonly state: ReleaseState | 'unknown';
  readonly exit: ExitCode;
  /** Why it ended, what it needs, or what to do now; nothing where it waits as it should. */
  readonly sentence: string;
  /** The lines with which a person settles it by hand. */
  readonly byHand: readonly string[];
}

/** Between two looks, milliseconds. */
export const lookMs = 200;
/** How often a release that needs attention is looked at while it is being tried again: a silent node gets 10 s. */
const triesOnAttention = 100;
/** How often a bot that is gone is looked for: being started again takes it some seconds. */
const looksForBot = 75;

/** Follows what a reply began until it has ended or waits for a person; says each state once. */
export async function follow(reply: Reply, following: Following): Promise<ExitCode> {
  if (reply.kind !== 'done' || reply.release === undefined) return exitOf(reply);
  const end = await restOf(reply.release, following);
  following.end(end);
  return end.exit;
}

async function restOf(id: string, following: Following): Promise<End> {
  let last: Release | undefined;
  let away = 0;
  for (let looks = 0; ; looks += 1) {
    const seen = await following.releaseOf(id);
    if (seen.kind === 'release') {
      away = 0;
      last = showWhere(seen.release, last, following);
      const exit = exitOfRelease(last, looks, following.goesBack);
      if (exit !== undefined) return endOf(last, exit);
    } else if (seen.kind !== 'absent' || ++away > looksForBot) return unknown(id, seen.kind, last);
    await following.sleep(lookMs);
  }
}

function showWhere(release: Release, before: Release | undefined, { show }: Following): Release {
  if (before?.state !== release.state) {
    const stages: readonly string[] = stagesOf(release);
    const here = Math.max(0, stages.indexOf(release.stage ?? ''));
    const title = `${release.id} · ${stateTitle(release.state)}`;
    show(title, isEnd(release.state) ? stages.length : here, stages.length);
  }
  return release;
}

function endOf({ id, state, ended, attention }: Release, exit: ExitCode): End {
  const waits = { sentence: attention?.why ?? '', byHand: attention?.byHand ?? [] };
  const rest = ended === undefined ? waits : { sentence: ended.sentence, byHand: [] };
  return { release: id, state, exit, ...rest };
}

/** Half done is not done: whoever followed it must not read success out of silence. */
function unknown(id: string, why: 'absent' | 'silent' | 'none', last: Release | undefined): End {
  const whys = {
    absent: 'The bot went away',
    silent: 'The bot does not answer any more',
    none: 'The journal the bot has now does not know the release any more',
  };
  const where = last === undefined ? id : `${id} was at "${stateTitle(last.state)}"`;
  const service = last?.service ?? '<service>';
  return {
    release: id,
    state: 'unknown',
    exit: exitCodes.needsAttention,
    sentence: `${whys[why]} while ${where === id ? `${id} was followed` : where}: nobody knows how it goes on until the bot runs again, or until \`pointsman status ${service}\` or \`pointsman settle ${id} blue|green because <reason>\` here.`,
    byHand: [],
  };
}

/** How the program ends for a release that rests; undefined while it is under way. */
function exitOfRelease(release: Release, looks: number, goesBack: boolean): ExitCode | undefined {
  const { state } = release;
  if (isEnd(state)) return exitOfEnd(state, goesBack);
  const begun = isBegun(release);
  if (state === 'needs_attention') {
    return begun && looks < triesOnAttention ? undefined : exitCodes.needsAttention;
  }
  const waits = state === 'awaiting_approval' || state === 'awaiting_acceptance';
  return waits && !begun ? exitCodes.done : undefined;
}

function exitOfEnd(state: ReleaseState, goesBack: boolean): ExitCode {
  const wanted = state === 'completed' || state === 'cancelled' || state === 'aborted';
  return wanted || goesBack ? exitCodes.done : exitCodes.malfunction;
}

/** Somebody has decided; what follows from it is under way. */
function isBegun({ settling, goingBack, acceptedBy }: Release): boolean {
  return settling !== undefined || goingBack !== undefined || acceptedBy !== undefined;
}
