import { type ConfigLine, configLines, wordTexts } from './config-lines.ts';

/** One section of haproxy.cfg with its lines. */
export interface Section {
  /** The word it begins with: `frontend`, `backend`, `listen`, `defaults`, `global`, ... */
  readonly kind: string;
  /** Empty where it has none. */
  readonly name: string;
  /** The `defaults` section it names to inherit from. */
  readonly from?: string;
  readonly header: ConfigLine;
  readonly lines: readonly ConfigLine[];
}

// Those of 2.6 up to 3.4. A word that is missing here would lengthen the section before it.
const sectionKinds: ReadonlySet<string> = new Set([
  'acme',
  'backend',
  'cache',
  'crt-store',
  'defaults',
  'fcgi-app',
  'frontend',
  'global',
  'healthcheck',
  'http-errors',
  'listen',
  'log-forward',
  'log-profile',
  'mailers',
  'namespace_list',
  'peers',
  'program',
  'resolvers',
  'ring',
  'traces',
  'userlist',
]);

/** The sections of a haproxy.cfg (latin1), in order. */
export function sectionsOf(text: string): readonly Section[] {
  const sections: { header: ConfigLine; lines: ConfigLine[] }[] = [];
  for (const line of configLines(text)) {
    if (sectionKinds.has(line.words[0]?.text ?? '')) sections.push({ header: line, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ header, lines }) => ({ ...headed(header), header, lines }));
}

function headed(header: ConfigLine): Pick<Section, 'kind' | 'name' | 'from'> {
  const [kind = '', ...rest] = wordTexts(header);
  // `defaults from base` has no name.
  const [name = '', word, from] =
    kind === 'defaults' && rest[0] === 'from' && rest.length === 2 ? ['', ...rest] : rest;
  return { kind, name, ...(word === 'from' && from !== undefined && { from }) };
}

/**
 * The `defaults` sections a section inherits from, the farthest first, then the section itself: later lines count.
 * A proxy without `from` inherits from the last `defaults` above it; a `defaults` without `from` from nothing.
 * Undefined where a name is not found in this text. Source: configuration manual, 4.
 */
export function withDefaults(
  sections: readonly Section[],
  section: Section,
): readonly Section[] | undefined {
  const above = sections.slice(0, sections.indexOf(section)).filter(isDefaults);
  const { from } = section;
  if (from === undefined) {
    const last = isDefaults(section) ? undefined : above.at(-1);
    if (last === undefined) return [section];
    const chain = withDefaults(sections, last);
    return chain === undefined ? undefined : [...chain, section];
  }
  const base = above.findLast(({ name }) => name === from);
  const chain = base === undefined ? undefined : withDefaults(sections, base);
  return chain === undefined ? undefined : [...chain, section];
}

function isDefaults({ kind }: Section): boolean {
  return kind === 'defaults';
}
