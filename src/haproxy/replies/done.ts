/** Answer to a command without output: set, add and commit map, set server state, shutdown sessions. */
export type Done =
  /** Exactly one line feed: HAProxy took it. Not a proof: 2.6 says so to a value it then drops. */
  { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly words: string };

export function parseDone(reply: string): Done {
  return reply === '\n' ? { kind: 'accepted' } : { kind: 'refused', words: reply.trim() };
}
