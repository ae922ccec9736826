import type { ServerSetting } from '../../release/plan.ts';
import { settingWords } from '../../release/servers-words.ts';
import type { WriteResult } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { heldSettings, type ReachedServers } from './servers-fleet.ts';

/** What one node is to be told. */
export interface ServersOrder {
  readonly reading: ReachedServers;
  readonly settings: readonly ServerSetting[];
}

/** The intents of all nodes in one transaction, then the line to each, then what the wire said no to or did not say. */
export async function writeServers(
  context: RunContext,
  orders: readonly ServersOrder[],
  why: string,
): Promise<void> {
  if (orders.length === 0) return;
  const intents = context.recordAll(
    orders.map(({ reading, settings }) => ({
      node: reading.node,
      before: settingWords(heldSettings(reading, settings)),
      after: settingWords(settings),
      what: { kind: 'servers_intent', effect: 'state', settings, why },
    })),
  );
  const results = await Promise.all(
    orders.map(({ reading, settings }) =>
      context.serversRoute.set(reading.node, settings, reading.worker),
    ),
  );
  const rows = orders.flatMap(({ reading }, i) => {
    const [intent, result] = [intents[i]?.seq ?? 0, results[i]];
    if (result === undefined) return [];
    // An answered line is over: nothing of it can be carried out later.
    if (result.kind === 'accepted' || result.kind === 'refused') context.answered.add(intent);
    return result.kind === 'accepted' ? [] : [rowOf(reading, intent, result)];
  });
  if (rows.length > 0) context.recordAll(rows);
}

function rowOf(
  { node }: ReachedServers,
  intent: number,
  { kind, why }: Exclude<WriteResult, { kind: 'accepted' }>,
) {
  return { node, what: { kind: 'servers_result', intent, outcome: kind, sentence: why } } as const;
}
