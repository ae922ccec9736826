import type { ServerHeld } from '../../engine/ports.ts';
import type { ServerState } from '../../release/vocabulary.ts';
import { parseShowServersState, type ServerStateRow } from '../replies/show-servers-state.ts';
import { parseShowStat } from '../replies/show-stat.ts';

/**
 * A backend's servers, from the replies to `show servers state <backend>` and `show stat <backend> -1 -1`: what a hand
 * set, and how they are. Or what could not be understood, in words.
 */
export function heldServers(stateReply: string, statReply: string): readonly ServerHeld[] | string {
  const rows = parseShowServersState(stateReply);
  if (rows === undefined) return 'not as HAProxy answers `show servers state`';
  const stat = parseShowStat(statReply);
  if (stat.kind === 'unreadable') return `its \`show stat\` cannot be read: ${stat.why}`;
  const states = new Map<string, ServerState>(rows.map((row) => [row.server, stateOf(row)]));
  const held: ServerHeld[] = [];
  for (const server of stat.servers) {
    const state = states.get(server.name);
    if (state === undefined) return `${server.name} is not in \`show servers state\``;
    held.push({ ...server, state });
  }
  return held;
}

/** Both may be set at once: a server in maintenance takes nothing, whatever else it is. */
function stateOf({ maint, drain }: ServerStateRow): ServerState {
  if (maint) return 'maint';
  return drain ? 'drain' : 'ready';
}
