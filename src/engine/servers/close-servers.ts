import { counted, isOrAre } from '../../release/counted.ts';
import type { OpenServersIntent } from '../../release/servers-progress.ts';
import { settingWords } from '../../release/servers-words.ts';
import { nodesOf } from '../fleet.ts';
import type { ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { heldSettings, notYet, type ReachedServers } from './servers-fleet.ts';

/**
 * Closes open intents of the nodes that were read: by a result, or, where it was in doubt, by what was found. Without
 * `over` only those whose line was answered: what is in doubt stays open until nothing of it can come any more.
 */
export function closeServers(
  context: RunContext,
  readings: readonly ServersReading[],
  over?: ReadonlySet<number>,
): void {
  const isKnown = ({ seq, unknown }: OpenServersIntent): boolean =>
    over?.has(seq) ?? (!unknown || context.answered.has(seq));
  const open = (context.serversRelease.servers?.open ?? []).filter(isKnown);
  const rows = open.flatMap((intent) => {
    const reading = readings.find(({ node }) => node === intent.node);
    if (reading?.kind !== 'reached' || reading.stopping) return [];
    return [closing(intent, reading)];
  });
  if (rows.length > 0) context.recordAll(rows);
}

function closing(intent: OpenServersIntent, reading: ReachedServers) {
  const { seq, effect, settings, unknown, node } = intent;
  const found = heldSettings(reading, settings);
  const readback = settingWords(found);
  if (effect === 'sessions' || unknown) {
    const left = reading.servers
      .filter(({ name }) => settings.some(({ server }) => server === name))
      .reduce((sum, { sessions }) => sum + sessions, 0);
    const words =
      effect === 'sessions' ? `${counted(left, 'session')} ${isOrAre(left)} left` : readback;
    const sentence = `${node} was read again: ${words}.`;
    return {
      node,
      readback,
      what: { kind: 'servers_reconciled', intent: seq, found, sentence },
    } as const;
  }
  const applied = notYet(reading, settings).length === 0;
  return {
    node,
    readback,
    what: {
      kind: 'servers_result',
      intent: seq,
      outcome: applied ? 'applied' : 'not_applied',
      sentence: applied
        ? `Read back: ${readback}.`
        : `Read back: ${readback}, not ${settingWords(settings)}.`,
    },
  } as const;
}

/** Intents on nodes that the configuration no longer names: nobody asks them any more. */
export function closeUnasked(context: RunContext): void {
  const asked = new Set(nodesOf(context.serversTarget));
  const open = (context.serversRelease.servers?.open ?? []).filter(({ node }) => !asked.has(node));
  if (open.length === 0) return;
  context.recordAll(
    open.map(({ seq, node }) => ({
      node,
      what: {
        kind: 'servers_reconciled',
        intent: seq,
        found: [],
        sentence: `${node} was not asked any more, so how its servers stand there is not known.`,
      },
    })),
  );
}
