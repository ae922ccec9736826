import type { ServerSetting } from '../../release/plan.ts';
import { settingWords } from '../../release/servers-words.ts';
import { type Performed, perform } from '../effects/perform.ts';
import type { RunContext } from '../run-context.ts';
import { heldSettings, type ReachedServers } from './servers-fleet.ts';

/** What one node is to be told. */
export interface ServersOrder {
  readonly reading: ReachedServers;
  readonly settings: readonly ServerSetting[];
}

/** Sets what each node is to be told; what was accepted stays open until it is read back. */
export async function writeServers(
  context: RunContext,
  orders: readonly ServersOrder[],
  why: string,
): Promise<readonly Performed[]> {
  return perform(
    context,
    orders.map(({ reading, settings }) => ({
      node: reading.node,
      before: settingWords(heldSettings(reading, settings)),
      after: settingWords(settings),
      what: { kind: 'servers_intent', effect: 'state', settings, why },
      send: (gate) => context.serversRoute.set(reading.node, settings, reading.worker, gate),
    })),
  );
}
