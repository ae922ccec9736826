import type { Entry, Happening, Instant } from './journal-entry.ts';
import { isSidePlan } from './plan.ts';
import type { OpenIntent, Release } from './release.ts';
import { traitsOf } from './target.ts';
import { type Side, unreachable } from './vocabulary.ts';

type Change = Partial<Release>;

export function withIntent(
  release: Release,
  entry: Entry,
  what: Extract<Happening, { kind: 'intent' }>,
): Change {
  if (entry.node === undefined) return {};
  const intent: OpenIntent = {
    seq: entry.seq,
    effect: what.effect,
    node: entry.node,
    to: what.to,
    unknown: what.inherits !== undefined,
    at: entry.instant,
  };
  return { openIntents: [...release.openIntents, intent] };
}

export function withResult(
  release: Release,
  what: Extract<Happening, { kind: 'result' }>,
  at: Instant,
): Change {
  const intent = release.openIntents.find(({ seq }) => seq === what.intent);
  if (intent === undefined) return {};
  const others = release.openIntents.filter(({ seq }) => seq !== what.intent);
  switch (what.outcome) {
    case 'applied':
      return {
        openIntents: others,
        nodes: withPlace(release, intent.node, intent.effect, intent.to),
      };
    case 'unknown':
      return {
        openIntents: [...others, { ...intent, unknown: true, at }],
        nodes: withPlace(release, intent.node, intent.effect, 'unknown'),
      };
    case 'refused':
    case 'not_applied':
      return { openIntents: others };
    default:
      return unreachable(what.outcome);
  }
}

export function withPlace(
  release: Release,
  node: string,
  effect: OpenIntent['effect'],
  side: Side | 'unknown',
): Release['nodes'] {
  if (effect !== 'memory' && effect !== 'disk') return release.nodes;
  const before = release.nodes[node] ?? { memory: 'unknown', disk: 'unknown' };
  const { plan } = release;
  const both =
    effect === 'memory' && isSidePlan(plan) && traitsOf(plan.target).disk === 'with_memory';
  return {
    ...release.nodes,
    [node]: { ...before, [effect]: side, ...(both ? { disk: side } : {}) },
  };
}
