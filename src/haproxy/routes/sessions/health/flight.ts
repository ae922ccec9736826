import type { EffectGate, WriteResult } from '../../../../engine/ports.ts';
import { joined } from '../../../../release/joined.ts';
import { type NodeName, otherSide, type Side } from '../../../../release/vocabulary.ts';
import { keyedLimit } from '../../../keyed-limit.ts';
import type { RouteOptions } from '../../route-options.ts';
import type { ApplicationSwitch, ByHealthTarget } from './by-health-target.ts';
import { type ApplicationState, stateOfApplication } from './state-of-application.ts';
import { type Told, tellApplications } from './tell-applications.ts';
import { notSeen, type Sight, type Watch, watchNodes } from './watch-nodes.ts';

/** What a switch of the applications is for. */
export interface Journey {
  readonly target: ByHealthTarget;
  readonly options: RouteOptions;
  readonly to: Side;
  /** Of the release that switches: every call and line asks it. */
  readonly gate: EffectGate;
}

/** One node's part of it. */
export interface Member {
  readonly node: NodeName;
  /** Makes the new side's servers ready on this node, and says which worker took that. Never rejects. */
  readonly letIn: (gate: EffectGate) => Promise<WriteResult>;
}

interface Seat {
  readonly member: Member;
  readonly resolve: (result: WriteResult) => void;
}

/** Flights that still take members, by their applications and side: one table for the whole process. */
const boarding = new Map<string, Seat[]>();
/** Two switches of the same applications would undo each other. */
const oneAtATime = keyedLimit(1);

/**
 * Takes part in the switch of the applications: all nodes of one volley fire in the same turn and share one, so each
 * application is told once. Resolves in any case; never rejects.
 */
export function joinFlight(journey: Journey, member: Member): Promise<WriteResult> {
  const applications = JSON.stringify(journey.target.applications);
  const key = `${journey.to} ${applications}`;
  return new Promise((resolve) => {
    const seats = boarding.get(key);
    if (seats !== undefined) {
      seats.push({ member, resolve });
      return;
    }
    const own: Seat[] = [{ member, resolve }];
    boarding.set(key, own);
    setImmediate(() => {
      boarding.delete(key);
      void oneAtATime(applications, () => land(journey, own));
    });
  });
}

async function land(journey: Journey, seats: readonly Seat[]): Promise<void> {
  const members = seats.map(({ member }) => member);
  const results = await fly(journey, members).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    return members.map((): WriteResult => ({ kind: 'unknown', why }));
  });
  seats.forEach(({ resolve }, i) => {
    resolve(results[i] ?? { kind: 'unknown', why: 'the switch has no result' });
  });
}

/** New side in and seen by every node, only then the old side out. */
async function fly(journey: Journey, members: readonly Member[]): Promise<readonly WriteResult[]> {
  const { target, options, to, gate } = journey;
  const before = await statesOf(target.applications[to]);
  const lines = await Promise.all(members.map(({ letIn }) => letIn(gate)));
  if (lines.some(({ kind }) => kind !== 'accepted')) {
    return lines.map((line) => notTold(line, before));
  }
  const enabled = await tellApplications(
    target.applications[to],
    'enable',
    gate,
    options.failpoint,
  );
  const refusal = refusalOf(enabled, before) ?? (await notSeenIn(journey, members, enabled));
  if (refusal !== undefined) {
    await undo(enabled, before, gate);
    return members.map(() => refusal);
  }
  const old = target.applications[otherSide(to)];
  const disabled = await tellApplications(old, 'disable', gate, options.failpoint);
  const sights = await watchNodes(watchOf(journey, members, isOut(old)));
  return members.map(({ node }, i) => {
    const line = lines[i];
    if (line?.kind !== 'accepted') throw new Error(`${node} was not let in.`);
    return resultOf(sights.get(node), line, disabled);
  });
}

/** What each application of the new side said of itself before anything was done. */
type StatesBefore = ReadonlyMap<string, ApplicationState>;

/** A node that did not take its line keeps all of them from being switched. */
function notTold(line: WriteResult, before: StatesBefore): WriteResult {
  if (line.kind !== 'accepted') return line;
  const why = 'no application was told: another node did not take its line';
  return { kind: isSomeOn(before) ? 'unknown' : 'not_applied', why };
}

/** An application that is on gets users as soon as a node has its server ready. */
function isSomeOn(before: StatesBefore): boolean {
  return [...before.values()].includes('on');
}

async function statesOf(applications: readonly ApplicationSwitch[]): Promise<StatesBefore> {
  return new Map(
    await Promise.all(
      applications.map(
        async ({ server, state }) => [server, await stateOfApplication(state)] as const,
      ),
    ),
  );
}

/**
 * One that is alive and says no keeps all from going; one that is dead does not, as long as there is another. Where one
 * of the others has said yes, or may have, users may have come to it: that is no refusal, whoever answered first.
 */
function refusalOf(told: readonly Told[], before: StatesBefore): WriteResult | undefined {
  const refused = told.filter(({ answer, taken }) => answer.kind === 'answer' && !taken);
  if (refused.length === 0 && told.some(({ taken }) => taken)) return undefined;
  const why = wordsOf(refused.length === 0 ? told : refused);
  if (isSomeOn(before) || told.some(mayBeOn)) return { kind: 'unknown', why };
  return { kind: refused.length === 0 ? 'not_applied' : 'refused', why };
}

function mayBeOn({ taken, answer }: Told): boolean {
  return taken || (answer.kind === 'no_answer' && answer.sent);
}

async function notSeenIn(
  journey: Journey,
  members: readonly Member[],
  enabled: readonly Told[],
): Promise<WriteResult | undefined> {
  const holds: Watch['holds'] = (seen) =>
    enabled.every(({ application: { server }, taken }) => {
      const now = seen.get(server);
      return now === 'on' || (!taken && now === 'dead');
    });
  const late = notSeen(await watchNodes(watchOf(journey, members, holds)));
  if (late === undefined) return undefined;
  const untaken = wordsOf(enabled.filter(({ taken }) => !taken));
  const why = `the new side was enabled and ${late}; the old side was not told to go${untaken === '' ? '' : `. ${untaken}`}`;
  return { kind: 'unknown', why };
}

function isOut(old: readonly ApplicationSwitch[]): Watch['holds'] {
  return (seen) => old.every(({ server }) => seen.get(server) !== 'on');
}

function watchOf(
  { target, options, gate }: Journey,
  members: readonly Member[],
  holds: Watch['holds'],
): Watch {
  const needed = members.map(({ node }) => node);
  return { target, options, holds, needed, signal: gate.signal };
}

/** What had been off is off again: nothing that was enabled must come up when nobody looks any more. */
async function undo(
  enabled: readonly Told[],
  before: StatesBefore,
  gate: EffectGate,
): Promise<void> {
  const were = enabled
    .map(({ application }) => application)
    .filter(({ server }) => before.get(server) === 'off');
  await tellApplications(were, 'disable', gate);
}

/** What the nodes see decides: an application that is dead could not be told to go, and is gone all the same. */
function resultOf(
  sight: Sight | undefined,
  line: Extract<WriteResult, { kind: 'accepted' }>,
  disabled: readonly Told[],
): WriteResult {
  if (sight?.kind !== 'seen') {
    const untaken = disabled.filter(({ taken }) => !taken);
    const words = sight === undefined ? 'it was not looked at' : sight.words;
    const why = `the old side was told to go, and ${words}${untaken.length === 0 ? '' : `. ${wordsOf(untaken)}`}`;
    return { kind: 'unknown', why };
  }
  const { worker, at } = sight;
  if (worker.pid !== line.worker.pid || worker.startedAt !== line.worker.startedAt) {
    const why = `worker ${worker.pid} answers instead of worker ${line.worker.pid}: it was reloaded during the switch`;
    return { kind: 'unknown', why };
  }
  return { kind: 'accepted', worker, answeredAt: at };
}

function wordsOf(told: readonly Told[]): string {
  return joined(told.map(({ words }) => words));
}
