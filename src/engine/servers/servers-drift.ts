import type { ServersState } from '../../release/desired-servers.ts';
import type { DriftSeen } from '../../release/journal-entry.ts';
import type { Worker } from '../../release/reading.ts';
import { settingWords } from '../../release/servers-words.ts';
import { silentWords } from '../../release/silent-words.ts';
import type { NodeName } from '../../release/vocabulary.ts';
import { isSameWorker } from '../../release/worker.ts';
import type { ServersReading } from '../ports.ts';
import { offSentence, serversOff } from './judge-servers-drift.ts';
import type { ReachedServers } from './servers-fleet.ts';

/** What was last known of a node's servers: an event is told when this changes. */
export interface ServersSeen {
  readonly reached: boolean;
  /** As it was when the node last answered; undefined while it never has. */
  readonly last?: { readonly worker: Worker; readonly off: string };
}

export type ServersDriftEvent = DriftSeen & {
  readonly kind: 'external_change' | 'drift_seen';
  readonly node: NodeName;
};

export interface ServersDriftFacts {
  readonly state: ServersState | undefined;
  /** True: Pointsman itself wrote since the round before; then a new state is nobody else's for certain. */
  readonly wrote: boolean;
}

/** What one round of readings tells that the round before did not. Pure. */
export function serversDrift(
  before: ReadonlyMap<NodeName, ServersSeen>,
  readings: readonly ServersReading[],
  facts: ServersDriftFacts,
): {
  readonly seen: ReadonlyMap<NodeName, ServersSeen>;
  readonly events: readonly ServersDriftEvent[];
} {
  const seen = new Map<NodeName, ServersSeen>();
  const events: ServersDriftEvent[] = [];
  for (const reading of readings) {
    const was = before.get(reading.node);
    const [now, event] = look(reading, was, facts);
    if (now !== undefined) seen.set(reading.node, now);
    if (event !== undefined) events.push(event);
  }
  return { seen, events };
}

type Looked = readonly [ServersSeen | undefined, ServersDriftEvent | undefined];

function look(
  reading: ServersReading,
  was: ServersSeen | undefined,
  facts: ServersDriftFacts,
): Looked {
  if (reading.kind === 'unreachable') return silent(reading, was);
  // The worker that goes tells nothing of the one that comes.
  if (reading.stopping) return [was, undefined];
  const off = serversOff(reading, facts.state);
  const now = { worker: reading.worker, off: settingWords(off) };
  const sentence = off.length === 0 ? undefined : offSentence(reading, off);
  return [{ reached: true, last: now }, eventOf(reading, was, sentence, now.off, facts.wrote)];
}

function silent(
  { node, why }: Extract<ServersReading, { kind: 'unreachable' }>,
  was: ServersSeen | undefined,
): Looked {
  if (was?.reached === false) return [was, undefined];
  return [{ ...was, reached: false }, told(node, 'reach', silentWords(node, why))];
}

function eventOf(
  { node, worker }: ReachedServers,
  was: ServersSeen | undefined,
  sentence: string | undefined,
  off: string,
  wrote: boolean,
): ServersDriftEvent | undefined {
  if (was?.reached === false) {
    return told(
      node,
      'reach',
      `${node} answers again. ${sentence ?? 'Its servers are as they should be.'}`,
      sentence,
    );
  }
  if (was?.last === undefined) {
    return sentence === undefined ? undefined : told(node, 'memory', sentence, sentence);
  }
  if (!isSameWorker(was.last.worker, worker)) return reloaded(node, sentence);
  if (was.last.off === off) return undefined;
  if (sentence === undefined)
    return told(node, 'back', `${node} has its servers as they should be again.`);
  if (wrote) return told(node, 'memory', sentence, sentence);
  return {
    ...told(node, 'memory', `Another hand set servers: ${sentence}`, sentence),
    kind: 'external_change',
  };
}

/** HAProxy keeps nothing of what was set: another worker begins with its configuration. */
function reloaded(node: NodeName, sentence: string | undefined): ServersDriftEvent {
  if (sentence === undefined) {
    return told(node, 'reload', `${node} was reloaded; its servers are as they should be.`);
  }
  return told(
    node,
    'worker',
    `${node} was reloaded and began with its configuration: ${sentence}`,
    sentence,
  );
}

/** `off`: set where servers are not as they should be, so that setting them again is offered. */
function told(node: NodeName, what: string, sentence: string, off?: string): ServersDriftEvent {
  return {
    kind: 'drift_seen',
    node,
    what,
    sentence,
    ...(off === undefined ? {} : { again: true }),
  };
}
