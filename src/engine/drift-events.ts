import { heldWords } from '../release/held-words.ts';
import type { DriftSeen } from '../release/journal-entry.ts';
import type { NodeReading, ReachedNode, Worker } from '../release/reading.ts';
import { silentWords } from '../release/silent-words.ts';
import type { RouteTraits } from '../release/target.ts';
import { type NodeName, type ServiceName, unreachable } from '../release/vocabulary.ts';
import { isSameWorker } from '../release/worker.ts';
import { reloadedWords, startTime } from './fallen-words.ts';
import { type PlaceOff, placesOff, type WantedFacts } from './judge-drift.ts';

/** What was last known of a node: an event is told when this changes. */
export interface Seen {
  readonly reached: boolean;
  /** As it was when the node last answered; undefined while it never has. */
  readonly last?: LastSeen;
}

interface LastSeen {
  readonly worker: Worker;
  readonly memory: string;
  readonly disk: string;
  /** The places that were not as they should be. */
  readonly off: readonly PlaceOff['place'][];
  /** True: the two sides to choose between were offered with it. */
  readonly offered: boolean;
}

export type DriftEvent = DriftSeen & {
  readonly kind: 'external_change' | 'drift_seen';
  readonly node: NodeName;
};

export interface DriftFacts extends WantedFacts {
  readonly service: ServiceName;
  /** True: Pointsman itself wrote since the round before; then a new value is nobody else's for certain. */
  readonly wrote: boolean;
}

/** What one round of readings tells that the round before did not. Pure. */
export function driftEvents(
  before: ReadonlyMap<NodeName, Seen>,
  readings: readonly NodeReading[],
  facts: DriftFacts,
): { readonly seen: ReadonlyMap<NodeName, Seen>; readonly events: readonly DriftEvent[] } {
  const seen = new Map<NodeName, Seen>();
  const events: DriftEvent[] = [];
  for (const reading of readings) {
    const was = before.get(reading.node);
    const [now, event] = look(reading, was, facts);
    if (now !== undefined) seen.set(reading.node, now);
    if (event !== undefined) events.push(event);
  }
  return { seen, events };
}

type Looked = readonly [Seen | undefined, DriftEvent | undefined];

function look(reading: NodeReading, was: Seen | undefined, facts: DriftFacts): Looked {
  if (reading.kind === 'unreachable') return silent(reading, was);
  // The worker that goes tells nothing of the one that comes.
  if (reading.stopping) return [was, undefined];
  const off = placesOff(reading, facts);
  const choice = choiceOf(off, facts);
  const last: LastSeen = {
    worker: reading.worker,
    memory: heldWords(reading.memory),
    disk: heldWords(reading.disk),
    off: off.map(({ place }) => place),
    offered: choice.choice !== undefined,
  };
  const { wrote, traits } = facts;
  const reloads = wrote && traits.disk === 'with_memory';
  const told = eventOf({ reading, was, now: last, off, wrote, reloads, disk: traits.disk });
  const event = told === undefined ? undefined : { ...told, ...choice };
  return [{ reached: true, last }, withRemedy(event, off, facts)];
}

function silent(
  { node, why }: Extract<NodeReading, { kind: 'unreachable' }>,
  was: Seen | undefined,
): Looked {
  if (was?.reached === false) return [was, undefined];
  const now = { ...was, reached: false };
  return [now, drift(node, 'reach', silentWords(node, why))];
}

interface Look {
  readonly reading: ReachedNode;
  readonly was: Seen | undefined;
  readonly now: LastSeen;
  readonly off: readonly PlaceOff[];
  readonly wrote: boolean;
  /** True: writing is a reload on this route, and Pointsman wrote. */
  readonly reloads: boolean;
  readonly disk: RouteTraits['disk'];
}

function eventOf(look: Look): DriftEvent | undefined {
  const { reading, was, now, off } = look;
  if (was?.last === undefined) return was?.reached === false ? returned(look) : found(look);
  if (!was.reached) return returned(look);
  if (!isSameWorker(was.last.worker, reading.worker)) return reloaded(look);
  const changed = changedPlaces(look);
  if (changed.length > 0) return changedEvent(look, changed);
  if (was.last.off.length > 0 && off.length === 0) {
    return drift(reading.node, 'back', `${reading.node} is in sync again, on ${now.memory}.`);
  }
  return stillOff(look, was.last);
}

/** The first look at a node: only what is not as it should be is worth a word. */
function found({ reading, off }: Look): DriftEvent | undefined {
  const [first] = off;
  if (first === undefined) return undefined;
  return drift(reading.node, first.place, sentencesOf(off));
}

function returned({ reading, was, off, now }: Look): DriftEvent {
  const { node, worker } = reading;
  const isNew = was?.last !== undefined && !isSameWorker(was.last.worker, worker);
  const anew = isNew ? `, started anew at ${startTime(reading)},` : '';
  return drift(node, 'reach', ending(`${node} answers again${anew} and is on ${now.memory}`, off));
}

/** Another worker answers: it has read the map file anew. */
function reloaded({ reading, off, now, reloads }: Look): DriftEvent | undefined {
  const { node } = reading;
  if (off.length === 0 && reloads) return undefined;
  // A reload that changes nothing is journaled, and nobody is called: certificates make many of them.
  if (off.length === 0) {
    const sentence = `${node} reloaded at ${startTime(reading)} and is on ${now.memory}, as it should be.`;
    return drift(node, 'reload', sentence);
  }
  return drift(node, 'worker', ending(reloadedWords(reading), off));
}

/** `… and is back on blue, not green.`, or what else is not as it should be behind it. */
function ending(words: string, off: readonly PlaceOff[]): string {
  const memory = off.find(({ place }) => place === 'memory');
  if (off.length === 0) return `${words}, as it should be.`;
  if (memory?.found.kind === 'side' && memory.wanted !== undefined) {
    return `${words}, not ${memory.wanted}.`;
  }
  return `${words}. ${sentencesOf(off)}`;
}

/** The places that are elsewhere than they should be and hold something else than in the round before. */
function changedPlaces({ was, now, off }: Look): readonly PlaceOff[] {
  const { last } = was ?? {};
  return last === undefined ? [] : off.filter(({ place }) => last[place] !== now[place]);
}

/** The same worker, another value, and the bot did not write it: another hand did. */
function changedEvent({ reading, wrote, disk }: Look, changed: readonly PlaceOff[]): DriftEvent {
  const what = changed.some(({ place }) => place === 'memory') ? 'memory' : 'disk';
  if (wrote) return drift(reading.node, what, sentencesOf(changed));
  const where = new Set(changed.map(({ place }) => placeWords(place, disk)));
  const sentence = `Another hand changed ${[...where].join(' and ')}: ${sentencesOf(changed)}`;
  return { ...drift(reading.node, what, sentence), kind: 'external_change' };
}

/** What another hand must have laid hands on. */
function placeWords(place: PlaceOff['place'], disk: RouteTraits['disk']): string {
  switch (disk) {
    case 'at_acceptance':
      return place === 'memory' ? 'the map' : 'the map file';
    case 'with_memory':
      return 'the configuration file';
    case 'none':
      return 'the servers';
    default:
      return unreachable(disk);
  }
}

/** What was said while nobody could choose, or when something else was decided since, is said once more. */
function stillOff({ reading, off, now }: Look, last: LastSeen): DriftEvent | undefined {
  const [first] = off;
  if (first === undefined) return undefined;
  const more = off.some(({ place }) => !last.off.includes(place));
  if (!more && (last.offered || !now.offered)) return undefined;
  return drift(reading.node, first.place, sentencesOf(off));
}

function sentencesOf(off: readonly PlaceOff[]): string {
  return off.map(({ sentence }) => sentence).join(' ');
}

function drift(node: NodeName, what: string, sentence: string): DriftEvent {
  return { kind: 'drift_seen', node, what, sentence };
}

/** Re-apply or accept: offered where no release is open and a place names the other side. */
function choiceOf(
  off: readonly PlaceOff[],
  { state, open }: DriftFacts,
): Pick<DriftEvent, 'choice'> {
  const desired = state.switchedTo;
  const held = off.map(({ found }) => found).find((one) => one.kind === 'side');
  if (open !== undefined || desired === undefined || held === undefined) return {};
  return held.side === desired ? {} : { choice: { reapply: desired, accept: held.side } };
}

/** Where there are no two sides to choose between, what mends it by typing. */
function withRemedy(
  event: DriftEvent | undefined,
  off: readonly PlaceOff[],
  { service, state, open }: DriftFacts,
): DriftEvent | undefined {
  if (event === undefined || event.choice !== undefined || off.length === 0) return event;
  if (open !== undefined || off.some(({ found }) => found.kind === 'unreadable')) return event;
  const side = state.switchedTo ?? 'blue|green';
  const twice = off.some(({ found }) => found.kind === 'duplicate');
  const first = twice ? 'Take the surplus entries out by hand, then ' : '';
  const remedy = `${first}\`/release adopt ${service} ${side} because <reason>\` makes all nodes alike.`;
  return { ...event, sentence: `${event.sentence} ${remedy}` };
}
