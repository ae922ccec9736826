import { typed } from './typed.ts';
import type { NodeName, Side } from './vocabulary.ts';

/** Another sender of traffic to a side, beside the service's own keys or line: stopping the side stops this traffic, too. */
export interface OtherUser {
  readonly side: Side;
  /** `example.com`, `frontend api, line 12,`, `backend app`. */
  readonly user: string;
  /** What of the side: `backend_blue`, or `127.0.0.1:8001 (backend_blue/b1)`. */
  readonly uses: string;
}

/** Who else uses the sides on one node, as far as the node and its files tell. */
export type OtherUsers =
  | { readonly kind: 'known'; readonly users: readonly OtherUser[] }
  /** It answers, and not this question. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** It does not answer, or not to the end. */
  | { readonly kind: 'silent' };

/** The users of every node that was asked. */
export type FleetUsers = ReadonlyMap<NodeName, OtherUsers>;

/** So many sentences are told one by one. */
const mostTold = 6;

/** Who else uses a side, a sentence each without its full stop; nodes are named where not all have it. */
export function otherUserSentences(fleet: FleetUsers, side: Side): readonly string[] {
  const nodes = new Map<string, NodeName[]>();
  for (const [node, found] of fleet) {
    for (const sentence of sentencesOf(node, found, side)) {
      nodes.set(sentence, [...(nodes.get(sentence) ?? []), node]);
    }
  }
  const all = [...nodes].map(([sentence, on]) =>
    on.length === fleet.size ? sentence : `${sentence} on ${on.join(', ')}`,
  );
  const more = all.length - mostTold;
  return more > 0 ? [...all.slice(0, mostTold), `${more} more use ${side}`] : all;
}

function sentencesOf(node: NodeName, found: OtherUsers, side: Side): readonly string[] {
  switch (found.kind) {
    case 'known':
      return found.users
        .filter((one) => one.side === side)
        .map(({ user, uses }) => `${typed(user)} also uses ${typed(uses)}`);
    case 'unknown':
      return [`${node} does not tell who else uses ${side} (${typed(found.why)})`];
    default:
      return [];
  }
}
