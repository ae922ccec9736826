import { join } from 'node:path';
import { verifyJournal } from '../../../src/journal/verify.ts';
import type { Entry } from '../../../src/release/journal-entry.ts';
import { serversOf } from '../../../src/release/plan.ts';
import { isServersRelease, type Release } from '../../../src/release/release.ts';
import { committedIn } from '../kills/journal-at.ts';
import { judgeEnds } from '../kills/judge-ends.ts';

/** What a hand has set on each node, by server. */
export type Held = readonly {
  readonly node: string;
  readonly states: Readonly<Record<string, string>>;
}[];

/**
 * I2 and I5 for a line at the moment it reaches a node: every `set server` in it has an open intent that names that
 * server and state, of a plan whose approvals are there. And the rule of this route: a server that is in stays in.
 */
export function whyUnfoundedLine(
  node: string,
  line: string,
  rows: readonly Entry[],
  states: Readonly<Record<string, string>>,
): readonly string[] {
  const told = [...line.matchAll(/set server \S+\/([^\s;]+) state ([a-z]+)/g)].map(
    ([, server = '', state = '']) => ({ server, state }),
  );
  if (told.length === 0) return [];
  const closed = closedIn(rows);
  const open = rows.filter(
    ({ what, node: at, seq }) => what.kind === 'servers_intent' && at === node && !closed.has(seq),
  );
  return [
    ...told.flatMap(({ server, state }) => {
      const intent = open.find(
        ({ what }) =>
          what.kind === 'servers_intent' &&
          what.settings.some((one) => one.server === server && one.state === state),
      );
      if (intent === undefined) return [`I2: ${node} was told "${line}" without an open intent`];
      return whyUnapproved(intent, rows);
    }),
    ...noneStays(node, line, told, states),
  ];
}

function noneStays(
  node: string,
  line: string,
  told: readonly { readonly server: string; readonly state: string }[],
  states: Readonly<Record<string, string>>,
): readonly string[] {
  const after: Record<string, string> = { ...states };
  for (const { server, state } of told) after[server] = state;
  const takes = told.some(({ state }) => state !== 'ready');
  return takes && !Object.values(after).includes('ready')
    ? [`the last server of ${node} was taken by "${line}"`]
    : [];
}

function whyUnapproved(intent: Entry, rows: readonly Entry[]): readonly string[] {
  const own = rows.filter(({ release }) => release === intent.release);
  const asked = own.find(({ what }) => what.kind === 'requested')?.what;
  if (asked?.kind !== 'requested') return [`I5: ${intent.release} was never asked for`];
  const approvals = own.filter(
    ({ what, planDigest }) => what.kind === 'approved' && planDigest === intent.planDigest,
  );
  return approvals.length >= asked.plan.approvers
    ? []
    : [`I5: ${intent.release} was written without its approvals`];
}

function closedIn(rows: readonly Entry[]): ReadonlySet<number> {
  return new Set(
    rows.flatMap(({ what }) => {
      const closes =
        what.kind === 'servers_reconciled' ||
        (what.kind === 'servers_result' && what.outcome !== 'unknown');
      return closes ? [what.intent] : [];
    }),
  );
}

/** I2 right after a kill: what a node has and did not have at the beginning was intended first. */
export function judgeKilled(folder: string, held: Held): readonly string[] {
  const { rows } = committedIn(folder);
  return held.flatMap(({ node, states }) =>
    Object.entries(states).flatMap(([server, state]) => {
      if (state === 'ready') return [];
      const meant = rows.some(
        ({ what, node: at }) =>
          what.kind === 'servers_intent' &&
          at === node &&
          what.settings.some((one) => one.server === server && one.state === state),
      );
      return meant ? [] : [`I2: ${node} has ${server} ${state} without an intent`];
    }),
  );
}

/** What must hold once recovery has come to rest: I1, I3, I4, I6, I7 and I9. */
export function judgeRest(folder: string, held: Held, open: readonly Release[]): readonly string[] {
  const { rows, locks, announced } = committedIn(folder);
  const ids = open.map(({ id }) => id).sort();
  const attention = open.filter(({ state }) => state === 'needs_attention');
  const verified = verifyJournal(join(folder, 'pointsman.db'), []);
  return [
    ...(attention.length > 0 ? [] : offStates(held, rows)),
    ...attention.flatMap((release) => outside(held, release)),
    ...attention.flatMap(({ id, attention: why }) => {
      const row = rows.findLast(
        ({ release, what }) => release === id && what.kind === 'needs_attention',
      );
      const isTold = row !== undefined && announced.includes(row.seq) && why?.byHand.length !== 0;
      return isTold ? [] : [`I1: nobody was told of ${id}`];
    }),
    ...judgeEnds(rows),
    ...(JSON.stringify(locks) === JSON.stringify(ids)
      ? []
      : [`I6: locked are ${locks.join(', ')}, open are ${ids.join(', ')}`]),
    ...(verified.kind === 'verified' ? [] : [`I4: ${verified.sentence}`]),
  ];
}

/** By the rows alone: the state that the last completed word on a server gave it, else ready. */
function offStates(held: Held, rows: readonly Entry[]): readonly string[] {
  const wanted = new Map<string, string>();
  for (const { what, release } of rows) {
    if (what.kind !== 'ended' || what.state !== 'completed') continue;
    const asked = rows.find((row) => row.release === release && row.what.kind === 'requested');
    if (asked?.what.kind !== 'requested' || asked.what.plan.kind !== 'state') continue;
    for (const step of asked.what.plan.steps) {
      if (step.kind === 'set') wanted.set(step.server, step.state);
    }
  }
  return held.flatMap(({ node, states }) =>
    Object.entries(states).flatMap(([server, state]) => {
      const should = wanted.get(server) ?? 'ready';
      return state === should
        ? []
        : [`I1: ${node} has ${server} ${state}, the rows want ${should}`];
    }),
  );
}

/** While a person is waited for, only the batch under way may be out. */
function outside(held: Held, release: Release): readonly string[] {
  if (!isServersRelease(release)) return [];
  const step = release.plan.steps[release.servers?.batch ?? 0];
  const underWay: readonly string[] = step === undefined ? [] : serversOf(step);
  return held.flatMap(({ node, states }) =>
    Object.entries(states).flatMap(([server, state]) =>
      state === 'ready' || underWay.includes(server)
        ? []
        : [`I1: ${node} has ${server} ${state}, and it is not its turn`],
    ),
  );
}
