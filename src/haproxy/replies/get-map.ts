/** What a lookup finds, as the traffic would. */
export type Lookup =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly words: string };

// The value is not escaped: it ends where the type of the value begins, not at the first quote.
const found = /^type=\S+, case=\S+, found=yes, idx=\S+, key=".*", value="(.*)", type="\w+"\n\n$/;
const missing = /^type=\S+, case=\S+, found=no\n\n$/;

export function parseGetMap(reply: string): Lookup {
  const value = found.exec(reply)?.[1];
  if (value !== undefined) return { kind: 'found', value };
  if (missing.test(reply)) return { kind: 'not_found' };
  return { kind: 'refused', words: reply.trim() };
}
