import { counted, isOrAre } from '../../release/counted.ts';
import type { ServersStep } from '../../release/plan.ts';
import type { SessionCount } from '../../release/reading.ts';
import { fitnessOf } from '../../release/server-fitness.ts';
import { noProgress } from '../../release/servers-progress.ts';
import { system } from '../../release/vocabulary.ts';
import { deadlineIn, msUntil } from '../deadline.ts';
import { nodesOf, onEveryNode } from '../fleet.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { ServerHeld, ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { batchProgress } from './batch-words.ts';
import { cutSessions } from './cut-sessions.ts';
import { readServersSettled, serversByHand } from './servers-fleet.ts';
import { setEverywhere } from './set-everywhere.ts';

type Take = Extract<ServersStep, { kind: 'take' }>;

/** Waits until nothing is left on the servers that were drained; at the deadline a person, or the plan, decides. */
export async function emptyServers(context: RunContext, step: Take): Promise<Outcome> {
  while (!context.signal.aborted) {
    // A reload makes a server ready again: then it is drained once more, before its sessions are counted.
    const drained = await setEverywhere(context, settingsOf(step), 'still to be drained');
    if (drained.kind !== 'passed') return drained;
    const counts = await countAll(context, step);
    if (context.signal.aborted) break;
    if (leftOn(counts) === 0) return passed;
    const stopped = await whileWaiting(context, step, counts);
    if (stopped !== undefined) return stopped;
    await context.rest(context.deps.timings.countMs);
  }
  return interrupted;
}

async function whileWaiting(
  context: RunContext,
  step: Take,
  counts: readonly SessionCount[],
): Promise<Outcome | undefined> {
  const readings = await readServersSettled(context);
  const stopped = nobodyElse(context, step, readings) ?? (await decide(context, step, counts));
  if (stopped === undefined) show(context, step, counts, readings);
  return stopped;
}

function settingsOf({ servers }: Take) {
  return servers.map((server) => ({ server, state: 'drain' as const }));
}

function countAll(context: RunContext, { servers }: Take): Promise<readonly SessionCount[]> {
  return onEveryNode(nodesOf(context.serversTarget), (node) =>
    context.serversRoute.sessions(node, servers, context.signal).catch((error: unknown) => {
      // A node that cannot be asked has an unknown number of sessions: one, so that it is not taken for empty.
      const why = error instanceof Error ? error.message : String(error);
      return { node, sessions: 1, stragglers: [`it could not be asked: ${why}`] };
    }),
  );
}

function leftOn(counts: readonly SessionCount[]): number {
  return counts.reduce((total, { sessions }) => total + sessions, 0);
}

/** What a person said, or what the plan says at the deadline. An outcome where it stops here. */
async function decide(
  context: RunContext,
  step: Take,
  counts: readonly SessionCount[],
): Promise<Outcome | undefined> {
  const { deadline } = context.serversRelease.servers ?? noProgress;
  const said = lastWord(context);
  if (said === 'drain_shutdown') return cutSessions(context, step, counts);
  const until = said === undefined ? deadline : (context.serversRelease.deadline ?? deadline);
  if (until !== undefined && msUntil(context.deps.clock, until) > 0) return undefined;
  if (said === 'drain_deadline') return nobodySaid(context, step, counts);
  if (step.drain.then === 'shutdown') {
    context.record({ kind: 'drain_shutdown' }, system('drain'));
    return cutSessions(context, step, counts);
  }
  context.record({
    kind: 'drain_deadline',
    sessions: leftOn(counts),
    stragglers: stragglersOf(counts),
    deadline: deadlineIn(context.deps.clock, step.drain.timeoutMs),
  });
  return undefined;
}

type Word = 'drain_deadline' | 'drain_waited' | 'drain_shutdown';

/** The last word on the sessions of this batch, since it entered this phase. */
function lastWord(context: RunContext): Word | undefined {
  const rows = context.deps.journal.rowsOf(context.id);
  const from = rows.findLastIndex(({ what }) => what.kind === 'batch_entered');
  return rows
    .slice(from + 1)
    .map(({ what }) => what.kind)
    .findLast((kind): kind is Word => {
      return kind === 'drain_deadline' || kind === 'drain_waited' || kind === 'drain_shutdown';
    });
}

function takesNobody(server: ServerHeld): boolean {
  return server.health !== 'transitional' && fitnessOf(server) !== 'serves';
}

/** The others went down while these were drained: new users have nobody. A check that is not done yet says nothing. */
function nobodyElse(
  context: RunContext,
  { servers: taken }: Take,
  readings: readonly ServersReading[],
): Outcome | undefined {
  const alone = readings.filter(
    (reading) =>
      reading.kind === 'reached' &&
      reading.servers.every(
        (server) => taken.includes(server.name) || server.state !== 'ready' || takesNobody(server),
      ),
  );
  if (alone.length === 0) return undefined;
  const names = taken.join(', ');
  return {
    kind: 'needs_attention',
    why: `While ${names} is drained, no other server is up on ${alone.map(({ node }) => node).join(', ')}: new users are answered 503. Roll back puts ${names} back to ready.`,
    byHand: serversByHand(context, () =>
      taken.map((server) => ({ server, state: 'ready' as const })),
    ),
  };
}

/** To cut sessions that nobody gave up is not for the machine: it stops here. */
function nobodySaid(context: RunContext, step: Take, counts: readonly SessionCount[]): Outcome {
  const left = leftOn(counts);
  const names = step.servers.join(', ');
  return {
    kind: 'needs_attention',
    why: `${counted(left, 'session')} ${isOrAre(left)} left on ${names}, and nobody said whether to wait or to cut: ${stragglersOf(counts).join('; ')}.`,
    byHand: serversByHand(context, () =>
      step.servers.map((server) => ({ server, state: 'ready' })),
    ),
  };
}

export function stragglersOf(counts: readonly SessionCount[]): readonly string[] {
  return counts
    .flatMap(({ node, stragglers }) => stragglers.map((line) => `${node}: ${line}`))
    .slice(0, 20);
}

function show(
  context: RunContext,
  { servers }: Take,
  counts: readonly SessionCount[],
  readings: readonly ServersReading[],
): void {
  const words = `${counted(leftOn(counts), 'session')} left on ${servers.join(', ')}`;
  context.progress(batchProgress(context, words, readings));
}
