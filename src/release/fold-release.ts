import { withIntent, withPlace, withResult } from './fold-effects.ts';
import { changeOfHooks, runAgain, withoutBeforeSwitch } from './fold-hooks.ts';
import { changeOfServers } from './fold-servers.ts';
import type { Entry, Happening } from './journal-entry.ts';
import { isSidePlan, type Plan } from './plan.ts';
import type { Release } from './release.ts';
import { settlingOf, settlingWord } from './settling.ts';
import type { EndState } from './states.ts';

/** The release after one more row; undefined while no row has opened one. */
export function foldRelease(release: Release | undefined, entry: Entry): Release | undefined {
  if (entry.release === undefined) return release;
  const head = { seq: entry.seq, hash: entry.hash };
  if (entry.what.kind === 'requested') return { ...opened(entry, entry.what), head };
  if (release === undefined) return undefined;
  if (entry.what.kind === 'posted') return { ...release, ...place(entry, entry.what) };
  if (entry.what.kind === 'refused' || entry.what.kind === 'anchored') return release;
  const nodes = ofNodes.has(entry.what.kind) ? { nodesSeq: entry.seq } : {};
  return { ...release, ...change(release, entry), ...nodes, head };
}

const ofNodes: ReadonlySet<Happening['kind']> = new Set([
  'intent',
  'result',
  'reconciled',
  'servers_intent',
  'servers_result',
  'servers_reconciled',
  'external_change',
  'drift_seen',
  'needs_attention',
]);

function opened(entry: Entry, what: Extract<Happening, { kind: 'requested' }>): Release {
  const { plan } = what;
  return {
    id: entry.release ?? '',
    service: plan.service,
    number: what.number,
    plan,
    planDigest: entry.planDigest ?? '',
    ...(what.power === undefined ? {} : { power: what.power }),
    ...(what.reason === undefined ? {} : { reason: what.reason }),
    ...(what.override === undefined ? {} : { override: what.override }),
    requester: entry.actor,
    origin: entry.origin ?? {},
    requestedAt: entry.instant,
    state: 'requested',
    stateSince: entry.instant,
    approvals: [],
    gates: [],
    workers: {},
    nodes: observedNodes(plan),
    ...usersOf(plan),
    openIntents: [],
    inconclusive: [],
    parked: false,
    decisions: [],
    head: { seq: entry.seq, hash: entry.hash },
  };
}

function usersOf(plan: Plan): Pick<Release, 'alsoUsed'> {
  return isSidePlan(plan) && plan.alsoUsed !== undefined ? { alsoUsed: plan.alsoUsed } : {};
}

function observedNodes(plan: Plan): Release['nodes'] {
  if (!isSidePlan(plan)) return {};
  return Object.fromEntries(
    plan.observed.map(({ node, memory, disk }) => [
      node,
      {
        memory: memory.kind === 'side' ? memory.side : 'unknown',
        disk: disk.kind === 'side' ? disk.side : disk.kind === 'none' ? 'none' : 'unknown',
      },
    ]),
  );
}

/** Telling is not part of the story told: a posted message moves neither state nor head. */
function place(
  entry: Entry,
  { repeated }: Extract<Happening, { kind: 'posted' }>,
): Partial<Release> {
  const { channel, message } = entry.origin ?? {};
  if (channel === undefined || message === undefined) return {};
  return {
    message: { channel, ts: message, ...(repeated === undefined ? {} : { repeated }) },
  };
}

type Change = Partial<Release>;

/** What one row changes. Rows that only tell something change nothing. */
function change(release: Release, entry: Entry): Change {
  return (
    changeOfAsking(release, entry) ??
    changeOfDoing(release, entry) ??
    changeOfServers(release, entry) ??
    changeOfTurning(release, entry) ??
    changeOfHooks(release, entry) ??
    {}
  );
}

function changeOfAsking(release: Release, entry: Entry): Change | undefined {
  const { what, actor, instant } = entry;
  switch (what.kind) {
    case 'awaiting_approval':
      return {
        state: 'awaiting_approval',
        stage: 'awaiting_approval',
        stateSince: instant,
        deadline: what.deadline,
      };
    case 'approved':
      return {
        approvals: [
          ...release.approvals,
          { by: actor, at: instant.at, digest: entry.planDigest ?? '' },
        ],
        decisions: [...release.decisions, `Approved by @${actor}`],
      };
    case 'approval_completed':
      return { deadline: null };
    case 'replanned':
      return {
        plan: what.plan,
        planDigest: entry.planDigest ?? '',
        ...(what.power === undefined ? {} : { power: what.power }),
        approvals: [],
        decisions: [],
        deadline: what.deadline,
        state: 'awaiting_approval',
        stage: 'awaiting_approval',
        stateSince: instant,
        nodes: observedNodes(what.plan),
        alsoUsed: [],
        ...usersOf(what.plan),
        ...withoutBeforeSwitch(release),
      };
    default:
      return undefined;
  }
}

function changeOfDoing(release: Release, entry: Entry): Change | undefined {
  const { what, actor, instant } = entry;
  switch (what.kind) {
    case 'stage_entered':
      // The deadline of the stage before is not this one's: a bake's end is no end of waiting for acceptance.
      return {
        state: what.stage,
        stage: what.stage,
        stateSince: instant,
        deadline: null,
        parked: false,
      };
    case 'other_users_found':
      return { alsoUsed: what.users };
    case 'gates_checked':
      return what.more === true
        ? { gates: [...release.gates, ...what.gates] }
        : { gates: what.gates, workers: what.workers };
    case 'intent':
      return withIntent(release, entry, what);
    case 'result':
      return withResult(release, what, instant);
    case 'reconciled':
      return {
        openIntents: release.openIntents.filter(({ seq }) => seq !== what.intent),
        nodes: withPlace(
          release,
          entry.node ?? '',
          what.effect,
          what.found.kind === 'side' ? what.found.side : 'unknown',
        ),
      };
    case 'switched':
      return { skewMs: what.skewMs, workers: { ...release.workers, ...what.workers } };
    case 'smoked':
    case 'baked':
      return {
        gates: [...release.gates, ...what.gates],
        inconclusive: [
          ...release.inconclusive,
          ...what.gates.filter((g) => g.result === 'inconclusive').map((g) => g.sentence),
        ],
      };
    case 'bake_started':
      return { deadline: what.until };
    case 'acceptance_awaited':
      return { deadline: what.deadline };
    case 'accepted':
      return {
        acceptedBy: actor,
        acceptedAt: instant.at,
        deadline: null,
        decisions:
          release.plan.kind === 'forward'
            ? [...release.decisions, `Accepted by @${actor}`]
            : release.decisions,
      };
    default:
      return changeOfDraining(release, entry);
  }
}

function changeOfDraining(release: Release, entry: Entry): Change | undefined {
  const { what, actor } = entry;
  const before = release.drain ?? { sessions: 0, stragglers: [], asking: false };
  switch (what.kind) {
    case 'drain_started':
      return { deadline: what.deadline, drain: before };
    case 'overwrite_asked':
      return { drain: { sessions: what.sessions, stragglers: what.stragglers, asking: true } };
    case 'drain_deadline':
      return {
        deadline: what.deadline,
        drain: { sessions: what.sessions, stragglers: what.stragglers, asking: true },
      };
    case 'drain_waited':
      return {
        drain: { ...before, asking: false },
        decisions: [...release.decisions, `@${actor} chose to wait`],
      };
    case 'drain_shutdown':
      return {
        drain: { ...before, asking: false },
        decisions: [...release.decisions, `Sessions shut down by @${actor}`],
      };
    case 'drained':
      return {
        deadline: null,
        drain: { sessions: what.sessions, stragglers: what.stragglers, asking: false },
      };
    default:
      return undefined;
  }
}

function changeOfTurning(release: Release, entry: Entry): Change | undefined {
  const { what, actor, instant } = entry;
  switch (what.kind) {
    case 'going_back':
      return {
        goingBack: { end: what.end, why: what.why, by: actor },
        ...sideNamed(release),
        deadline: null,
        decisions: [...release.decisions, `${backWord(what.end)} by @${actor}`],
      };
    case 'needs_attention':
      return {
        state: 'needs_attention',
        stateSince: instant,
        attention: {
          why: what.why,
          byHand: what.byHand,
          ...(what.choice === undefined ? {} : { choice: what.choice }),
          ...(what.asks === undefined ? {} : { asks: what.asks }),
          ...(what.users === undefined ? {} : { users: what.users }),
          reapplying: false,
        },
        deadline: null,
      };
    case 'reapply_asked':
      return release.attention === undefined
        ? {}
        : {
            attention: { ...release.attention, reapplying: true },
            ...runAgain(release),
            decisions: [...release.decisions, `Re-applied by @${actor}`],
          };
    case 'settling':
      return {
        settling: settlingOf(what, actor),
        decisions: [...release.decisions, `${settlingWord(what)} by @${actor}`],
        ...sideNamed(release),
      };
    case 'parked':
      return { parked: true };
    case 'ended':
      return {
        state: what.state,
        stateSince: instant,
        deadline: null,
        parked: false,
        ended: {
          sentence: what.sentence,
          at: instant.at,
          durationMs: what.durationMs,
          by: actor,
        },
      };
    default:
      return undefined;
  }
}

/** Which side counts was asked, and is answered. */
function sideNamed({ attention }: Release): Change {
  if (attention?.asks !== 'side') return {};
  const { asks: _, ...rest } = attention;
  return { attention: rest };
}

function backWord(end: EndState): string {
  switch (end) {
    case 'cancelled':
      return 'Cancelled';
    case 'rejected':
      return 'Rejected';
    default:
      return 'Taken back';
  }
}
