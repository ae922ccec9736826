import { type ConfigLine, wordTexts } from '../config-file/config-lines.ts';
import { type Section, sectionsOf } from '../config-file/sections.ts';

/** A line that makes a backend's name of what a map says: `use_backend web_%[str(active),map(FILE,blue)]`. */
export interface MapUse {
  readonly map: string;
  /** The one key it looks up, where that is a constant. */
  readonly key?: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** What a haproxy.cfg sends traffic to, as far as its text tells. */
export interface ConfigUses {
  readonly maps: readonly MapUse[];
  /** Backends named for traffic that no map decides, and where: `frontend www, line 12,`. */
  readonly lines: readonly {
    readonly backend: string;
    readonly place: string;
    readonly number: number;
  }[];
}

/** The service's own keys, and the path of their map. */
export interface OwnKeys {
  readonly map: string;
  readonly keys: readonly string[];
}

/** What one `use_backend` line does. */
interface Use {
  readonly map?: MapUse;
  /** The backend it names by itself, or where the map has no such key. */
  readonly backend?: string;
  readonly isDefault: boolean;
  /** True: no line behind it is ever reached. */
  readonly isLast: boolean;
}

/** Reads a haproxy.cfg (latin1). `own`: keys that are known to be in a map, so that its default is never taken for them. */
export function configUses(text: string, own: OwnKeys | undefined): ConfigUses {
  const sections = sectionsOf(text).filter(({ kind }) => kind === 'frontend' || kind === 'listen');
  const uses = sections.map((section) => usesOf(section, own));
  return { maps: uses.flatMap(({ maps }) => maps), lines: uses.flatMap(({ lines }) => lines) };
}

function usesOf(section: Section, own: OwnKeys | undefined): ConfigUses {
  const maps: MapUse[] = [];
  const lines: ConfigUses['lines'][number][] = [];
  const place = (line: ConfigLine, what = '') =>
    `${section.kind} ${section.name}, line ${line.number},${what}`;
  for (const line of reached(section, own)) {
    const use = useOf(line, own);
    if (use.map !== undefined) maps.push(use.map);
    if (use.backend === undefined) continue;
    const what = use.isDefault ? ' for keys that are not in the map,' : '';
    lines.push({ backend: use.backend, place: place(line, what), number: line.number });
  }
  return { maps, lines };
}

/** The lines in the order in which HAProxy tries them, `default_backend` last, up to the one that always decides. */
function reached(section: Section, own: OwnKeys | undefined): readonly ConfigLine[] {
  const named = (keyword: string) =>
    section.lines.filter(({ words }) => words[0]?.text === keyword && words[1] !== undefined);
  const all = [...named('use_backend'), ...named('default_backend')];
  const last = all.findIndex((line) => useOf(line, own).isLast);
  return last < 0 ? all : all.slice(0, last + 1);
}

function useOf(line: ConfigLine, own: OwnKeys | undefined): Use {
  const [, name = '', ...condition] = wordTexts(line);
  const always = condition.length === 0 && !line.conditional;
  const [, prefix = '', expression, suffix = ''] = /^(.*?)%\[(.*)\](.*)$/.exec(name) ?? [];
  if (expression === undefined) return { backend: name, isDefault: false, isLast: always };
  const lookup = lookupOf(expression);
  if (lookup === undefined) return { isDefault: false, isLast: false };
  const { map, key, fallback } = lookup;
  const isFound = key !== undefined && map === own?.map && own.keys.includes(key);
  const takesDefault = fallback !== undefined && !isFound;
  return {
    map: { map, prefix, suffix, ...(key !== undefined && { key }) },
    ...(takesDefault && { backend: `${prefix}${fallback}${suffix}` }),
    isDefault: true,
    isLast: always && (isFound || fallback !== undefined),
  };
}

/** The map that an expression ends in: `str(active),map(FILE,default)`. */
function lookupOf(expression: string) {
  const [, before = '', map, fallback] =
    /^(.*?),?map(?:_\w+)?\(([^,()]+)(?:,([^()]*))?\)$/.exec(expression) ?? [];
  if (map === undefined) return undefined;
  return { map, fallback, key: /^str\(([^()]*)\)$/.exec(before)?.[1] };
}
