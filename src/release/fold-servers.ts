import type { Entry, Happening, Instant } from './journal-entry.ts';
import type { ServerSetting } from './plan.ts';
import type { Release } from './release.ts';
import { noProgress, type ServersProgress } from './servers-progress.ts';
import type { NodeName, ServerState } from './vocabulary.ts';

const nobodyLeft = { sessions: 0, stragglers: [], asking: false } as const;

type Of<K extends Happening['kind']> = Extract<Happening, { kind: K }>;

/** What one row changes of a release of single servers; undefined for rows that do not concern it. */
export function changeOfServers(release: Release, entry: Entry): Partial<Release> | undefined {
  const before = release.servers ?? noProgress;
  const after = progressAfter(before, entry);
  if (after === undefined) return undefined;
  // Nobody is asked any more about the sessions of the phase before.
  const drain = entry.what.kind === 'batch_entered' ? { drain: nobodyLeft } : {};
  return { servers: after, ...drain };
}

function progressAfter(before: ServersProgress, entry: Entry): ServersProgress | undefined {
  const { what } = entry;
  switch (what.kind) {
    case 'batch_entered':
      return entered(before, what);
    case 'batch_done':
      return entered(before, { kind: 'batch_entered', batch: what.batch + 1, phase: 'drain' });
    case 'servers_intent':
      return entry.node === undefined ? before : intended(before, entry, entry.node, what);
    case 'servers_result':
      return withResult(before, what, entry.instant);
    case 'servers_reconciled':
      return closed(before, what.intent, what.found);
    default:
      return undefined;
  }
}

function entered(before: ServersProgress, what: Of<'batch_entered'>): ServersProgress {
  const { deadline: _, ...rest } = before;
  const { batch, phase, deadline } = what;
  return { ...rest, batch, phase, ...(deadline === undefined ? {} : { deadline }) };
}

function intended(
  before: ServersProgress,
  { seq, instant: at }: Entry,
  node: NodeName,
  { effect, settings }: Of<'servers_intent'>,
): ServersProgress {
  return { ...before, open: [...before.open, { seq, node, effect, settings, unknown: false, at }] };
}

function withResult(
  before: ServersProgress,
  what: Of<'servers_result'>,
  at: Instant,
): ServersProgress {
  const intent = before.open.find(({ seq }) => seq === what.intent);
  if (intent === undefined) return before;
  if (what.outcome === 'applied') return closed(before, intent.seq, intent.settings);
  if (what.outcome !== 'unknown') return closed(before, intent.seq, []);
  const others = before.open.filter(({ seq }) => seq !== intent.seq);
  const unknown = intent.settings.map(({ server }) => ({ server, state: 'unknown' as const }));
  return {
    ...before,
    open: [...others, { ...intent, unknown: true, at }],
    states: intent.effect === 'state' ? withStates(before, intent.node, unknown) : before.states,
  };
}

function closed(
  before: ServersProgress,
  seq: number,
  found: readonly ServerSetting[],
): ServersProgress {
  const intent = before.open.find((one) => one.seq === seq);
  if (intent === undefined) return before;
  return {
    ...before,
    open: before.open.filter((one) => one !== intent),
    states: intent.effect === 'state' ? withStates(before, intent.node, found) : before.states,
  };
}

function withStates(
  { states }: ServersProgress,
  node: NodeName,
  found: readonly { readonly server: string; readonly state: ServerState | 'unknown' }[],
): ServersProgress['states'] {
  const seen = Object.fromEntries(found.map(({ server, state }) => [server, state]));
  return { ...states, [node]: { ...states[node], ...seen } };
}
