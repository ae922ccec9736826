import { loudHook, noteOfHook, returnAsked } from './announce-hooks.ts';
import { broadcastOfServers, noteOfServers } from './announce-servers.ts';
import type { Announcement } from './announcement.ts';
import { counted, isOrAre } from './counted.ts';
import type { DriftNotice, DriftSeen, Entry, GateResult, Happening } from './journal-entry.ts';
import { leftSide } from './left-side.ts';
import { movementWords } from './plan-words.ts';
import { isSideRelease, type Release, type SideRelease } from './release.ts';
import { skewWords } from './skew-words.ts';
import { reloadWords, traitsOf } from './target.ts';

/** What people are told of one row. `release`: as it stands after the row. Pure: the same row tells the same. */
export function announce(entry: Entry, release: Release | undefined): readonly Announcement[] {
  if (release === undefined) return announceService(entry);
  const detail = noteOf(entry, release);
  const loud = broadcastOf(entry, release);
  return [
    ...(changesCard(entry.what) ? [{ kind: 'card' as const, release: release.id }] : []),
    ...(detail === undefined ? [] : [{ kind: 'note' as const, release: release.id, text: detail }]),
    ...(loud === undefined
      ? []
      : [{ kind: 'broadcast' as const, release: release.id, text: loud }]),
  ];
}

/** Rows that only the journal needs: the message would not look different. */
const silent: ReadonlySet<Happening['kind']> = new Set([
  'posted',
  'anchored',
  'refused',
  'started',
  'stopped',
  'intent',
  'hook_output',
  'servers_intent',
  'parked',
]);

function changesCard(what: Happening): boolean {
  return !silent.has(what.kind);
}

function noteOf(entry: Entry, release: Release): string | undefined {
  const { what, actor } = entry;
  switch (what.kind) {
    case 'approved':
      return `@${actor} approved (${release.approvals.length} of ${release.plan.approvers}).`;
    case 'replanned':
      return `The world moved before the first write (${what.why}). Earlier approvals are void; the plan was made anew.`;
    case 'switched':
      return switchedWords(what, release);
    case 'verified':
      return what.sentence;
    case 'smoked':
    case 'baked':
      return what.gates.map((g) => `${mark(g.result)} ${g.gate}: ${g.sentence}`).join('\n');
    case 'result':
      return what.outcome === 'applied'
        ? undefined
        : `${entry.node}: ${what.outcome}: ${what.sentence}`;
    case 'reconciled':
      return what.sentence;
    case 'accepted':
      return release.plan.kind === 'forward' ? `@${actor} accepted it.` : undefined;
    case 'drain_waited':
      return `@${actor} chose to wait for the sessions that are left.`;
    case 'drain_shutdown':
      return `@${actor} chose to shut down the sessions that are left.`;
    case 'recovered':
      return what.sentence;
    case 'hook_started':
    case 'hook_output':
    case 'hook_ended':
      return noteOfHook(what, release);
    case 'ended':
      return endedLoudly(what.state) && isTold(what.sentence, release)
        ? backWords(release)
        : undefined;
    case 'external_change':
    case 'drift_seen':
      return tellsItself(entry, what, release) ? undefined : what.sentence;
    default:
      return noteOfServers(entry, release);
  }
}

/** Its end in the thread, where the channel has heard why. */
function backWords(release: Release): string {
  return isSideRelease(release)
    ? `${release.service} is back on ${release.plan.from}.`
    : `What was out of ${release.service} is back in.`;
}

/** What was moved, on how many nodes it was written, and how far apart. */
function switchedWords(
  { skewMs, written }: Extract<Happening, { kind: 'switched' }>,
  { plan }: Release,
): string {
  const nodes = counted(written ?? plan.target.nodes.length, 'node');
  const skew = skewWords(skewMs);
  return `Switched ${movementWords(plan)} on ${nodes}${skew === undefined ? '' : `, ${skew}`}.`;
}

/** A node that leaves the new side before acceptance: the release says so aloud, once is enough. */
function tellsItself({ node }: Entry, { what }: DriftSeen, release: Release): boolean {
  if (what !== 'memory' && what !== 'worker') return false;
  if (release.state === 'baking' || release.state === 'awaiting_acceptance') return true;
  const { attention } = release;
  if (attention?.choice === undefined) return false;
  return attention.why.split('; ').some((words) => words.startsWith(`${node} `));
}

function mark(result: GateResult): string {
  return { successful: '✓', inconclusive: '?', failed: '✗', error: '✗' }[result];
}

/** Only a failure, a rollback or a needed decision is said to the whole channel. */
function broadcastOf(entry: Entry, release: Release): string | undefined {
  const { what } = entry;
  const { id } = release;
  switch (what.kind) {
    case 'reminded':
      return `${id} still waits for acceptance.`;
    case 'hook_ended':
      return loudHook(what, release);
    case 'ended':
      return endedLoudly(what.state) && !isTold(what.sentence, release)
        ? `${id}: ${what.sentence}`
        : undefined;
    default:
      return isSideRelease(release)
        ? broadcastOfSides(entry, release)
        : broadcastOfServers(entry, release);
  }
}

function broadcastOfSides(entry: Entry, release: SideRelease): string | undefined {
  const { what } = entry;
  const { id, service, plan } = release;
  switch (what.kind) {
    case 'going_back':
      // Nothing had moved: its end says what there is to say.
      if (what.end === 'cancelled' || what.end === 'rejected') return undefined;
      return `${id} is going back to ${plan.from}: ${what.why}`;
    case 'return_asked':
      return returnAsked(entry, release);
    case 'overwrite_asked':
      return `${id} is to be deployed to ${plan.to}, and ${counted(what.sessions, 'session')} ${isOrAre(what.sessions)} still there. Wait, or shut them down? \`/release cancel ${id}\` ends it.`;
    case 'needs_attention':
      return `${id} needs attention: ${what.why} ${service} is locked until it is settled: \`/release settle ${id} blue|green because <reason>\`.`;
    case 'acceptance_awaited':
      return `${id} waits for acceptance: ${service} is on ${plan.to} in memory. ${untilAccepted(release)}${inconclusive(release)}`;
    case 'drain_deadline':
      return `${id}: ${counted(what.sessions, 'session')} ${isOrAre(what.sessions)} still on ${leftSide(release)}. Wait, or shut them down?`;
    case 'requested':
      return plan.kind === 'rollback'
        ? `${id}${plan.takesBack === undefined ? '' : `, takes back ${plan.takesBack}`}: @${entry.actor} takes ${service} back to ${plan.to}.`
        : undefined;
    default:
      return undefined;
  }
}

/** What a reload would do before the owner's word. */
function untilAccepted({ plan }: SideRelease): string {
  const { target, from, to } = plan;
  return traitsOf(target).disk === 'at_acceptance'
    ? `Until it is accepted, a reload of a node falls back to ${from}.`
    : reloadWords(target, from, to);
}

function inconclusive({ inconclusive: sentences }: Release): string {
  return sentences.length === 0 ? '' : ` Inconclusive: ${sentences.join('; ')}.`;
}

/** Said to the channel when it began to go back: that it is back is for the message and its thread. */
function isTold(sentence: string, { goingBack }: Release): boolean {
  return goingBack?.why === sentence;
}

function endedLoudly(state: string): boolean {
  return state === 'failed' || state === 'rolled_back' || state === 'aborted';
}

function driftNotice(
  service: string | undefined,
  { sentence, choice, again, notice }: DriftSeen,
): Announcement {
  if (notice !== undefined && notice !== 'elsewhere') return roundNotice(service, notice);
  return {
    kind: 'channel',
    ...(service === undefined ? {} : { service }),
    text: sentence,
    ...(choice === undefined ? {} : { reapply: { side: choice.reapply, found: choice.accept } }),
    ...(again === undefined ? {} : { again }),
  };
}

/** With one service to decide about, its buttons stand below the whole; with several, each has its own. */
function roundNotice(told: string | undefined, { text, offers }: DriftNotice): Announcement {
  const [only] = offers;
  if (only === undefined || offers.length > 1) {
    return {
      kind: 'channel',
      ...(told === undefined ? {} : { service: told }),
      text,
      ...(offers.length === 0 ? {} : { offers }),
    };
  }
  const { service, choice, again } = only;
  return {
    kind: 'channel',
    service,
    text,
    ...(choice === undefined ? {} : { reapply: { side: choice.reapply, found: choice.accept } }),
    ...(again === undefined ? {} : { again }),
  };
}

function announceService({ service, what, actor }: Entry): readonly Announcement[] {
  const say = (text: string): readonly Announcement[] => [
    { kind: 'channel', ...(service === undefined ? {} : { service }), text },
  ];
  switch (what.kind) {
    case 'adopted':
      return say(
        `${service} was found on ${what.side} on ${counted(what.nodes.length, 'node')} and is stable there from now on.`,
      );
    case 'found':
      return say(`${service}: ${what.sentence}`);
    case 'held':
      return say(
        `@${actor} locked ${service}: nobody releases it until it is unlocked. Rollback is not held.`,
      );
    case 'unheld':
      return say(`@${actor} unlocked ${service}.`);
    case 'return_asked':
      return say(
        `@${actor} wants ${what.of} taken back. It is beyond its point of no return, so a second person must type \`/rollback ${service}\` within the hour.`,
      );
    case 'restored':
      return say(
        `The journal was restored from a backup: what happened after it is not in it. ${what.open.length === 0 ? 'No release was open in it.' : `Open in it, and held until somebody says which side counts: ${what.open.join(', ')}.`}`,
      );
    case 'journal_fault':
      return say(faultWords(what.findings));
    case 'journal_acknowledged':
      return say(`@${actor} took the journal as it stands: releases may begin again.`);
    case 'anchored':
      return say(`Daily anchor: journal #${what.anchorSeq} ${what.anchorHash}`);
    case 'external_change':
    case 'drift_seen':
      if (what.what === 'reload' || what.notice === 'elsewhere') return [];
      return [driftNotice(service, what)];
    default:
      return [];
  }
}

function faultWords([first = '', ...more]: readonly string[]): string {
  const also = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `The journal is not as Pointsman wrote it: ${first}${also} No release begins until an operator has looked with \`pointsman audit verify\` and says \`/release unlock journal because <reason>\`. Rollback goes on.`;
}
