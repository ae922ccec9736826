import type { ServersState } from '../../release/desired-servers.ts';
import type { Verdict } from '../../release/node-status.ts';
import type { ServerSetting } from '../../release/plan.ts';
import { silentWords } from '../../release/silent-words.ts';
import type { ServersReading } from '../ports.ts';
import type { ReachedServers } from './servers-fleet.ts';

/** One node of a service of single servers, and whether its servers are what they should be. */
export interface ServersNodeStatus {
  readonly reading: ServersReading;
  readonly verdict: Exclude<Verdict, 'unpersisted'>;
  /** One sentence where the verdict is not `in sync`. */
  readonly sentence: string;
}

/** By the states that the journal wants; a server that no release ever touched is as it should be. Pure. */
export function judgeServersDrift(
  reading: ServersReading,
  state: ServersState | undefined,
): ServersNodeStatus {
  const { node } = reading;
  if (reading.kind === 'unreachable') {
    const sentence = silentWords(node, reading.why);
    return { reading, verdict: 'unreachable', sentence };
  }
  if (reading.stopping) {
    return { reading, verdict: 'drifted', sentence: `${node} is being reloaded.` };
  }
  const off = serversOff(reading, state);
  if (off.length === 0) return { reading, verdict: 'in sync', sentence: '' };
  return { reading, verdict: 'drifted', sentence: offSentence(reading, off) };
}

/** The settings that a node should have and does not have, of the servers that it has. */
export function serversOff(
  { servers }: ReachedServers,
  state: ServersState | undefined,
): readonly ServerSetting[] {
  const desired = state?.desired ?? {};
  return servers.flatMap(({ name, state: held }) => {
    const wanted = desired[name];
    return wanted === undefined || wanted === held ? [] : [{ server: name, state: wanted }];
  });
}

/** `lb-1 has b1 ready, not drain.` */
export function offSentence(
  { node, servers }: ReachedServers,
  off: readonly ServerSetting[],
): string {
  const words = off.map(({ server, state }) => {
    const held = servers.find(({ name }) => name === server)?.state ?? 'nowhere';
    return `${server} ${held}, not ${state}`;
  });
  return `${node} has ${words.join('; ')}.`;
}
