/** What a lookup finds, as the traffic would. */
export type Lookup =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'not_found' }
  /** It is looked up by patterns, which may hide the key's own entry: only the whole map tells. */
  | { readonly kind: 'unsure' }
  /** The configuration looks the map up in several ways, and they find different things: which way finds what. */
  | { readonly kind: 'differ'; readonly words: string }
  | { readonly kind: 'refused'; readonly words: string };

/** Ways by which the text of a key finds the key's own entry wherever there is one. */
const exactWays: ReadonlySet<string> = new Set(['str', 'beg', 'ip', 'int', 'bin', 'bool']);

/** What one way of looking the key's text up finds: the key's own entry, another one, or none. */
interface Finding {
  /** How the configuration looks the map up: `type=beg`. */
  readonly way: string;
  readonly value?: string;
  readonly otherKey?: string;
}

const missing = /^(type=\S+), case=\S+, found=no$/;
const found = /^(type=\S+), case=\S+, found=yes, idx=\S+, key="(.*)", type="\w+"$/;
const between = '", value="';

/**
 * Reads the answer to `get map <map> <key>`: one line for each way in which the configuration looks the map up. A
 * lookup by prefix or pattern may find another key's entry: then the key's own is not found.
 */
export function parseGetMap(reply: string, key: string): Lookup {
  const refused = { kind: 'refused', words: reply.trim() } as const;
  if (!reply.endsWith('\n\n')) return refused;
  const findings: Finding[] = [];
  for (const line of reply.slice(0, -2).split('\n')) {
    const finding = findingOf(line, key);
    if (finding === undefined) return refused;
    findings.push(finding);
  }
  const [value, ...more] = new Set(findings.map((finding) => finding.value));
  if (more.length > 0) return { kind: 'differ', words: findings.map(wordsOf).join(', ') };
  if (value !== undefined) return { kind: 'found', value };
  return findings.every(isSure) ? { kind: 'not_found' } : { kind: 'unsure' };
}

/** True where the key's own entry would have been found. */
function isSure({ way, otherKey }: Finding): boolean {
  const type = way.slice('type='.length);
  return exactWays.has(type) || (type !== 'reg' && otherKey === undefined);
}

function findingOf(line: string, key: string): Finding | undefined {
  const [, nothing] = missing.exec(line) ?? [];
  if (nothing !== undefined) return { way: nothing };
  const [, way, rest] = found.exec(line) ?? [];
  if (way === undefined || rest === undefined) return undefined;
  // Nothing in it is escaped: what is searched for is known, and the value ends where its type begins.
  const own = `${key}${between}`;
  if (rest.startsWith(own)) return { way, value: rest.slice(own.length) };
  const end = rest.indexOf(between);
  return end < 0 ? undefined : { way, otherKey: rest.slice(0, end) };
}

function wordsOf({ way, value, otherKey }: Finding): string {
  if (value !== undefined) return `${way} finds ${value}`;
  return otherKey === undefined
    ? `${way} finds nothing`
    : `${way} finds the entry ${otherKey} instead`;
}
