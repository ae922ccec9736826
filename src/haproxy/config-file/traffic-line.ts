import { type ConfigLine, wordTexts } from './config-lines.ts';
import { type Section, sectionsOf, withDefaults } from './sections.ts';
import { wordsOfLine } from './words-of-line.ts';

/** Which line of haproxy.cfg names the backend that has the traffic. */
export interface TrafficLineName {
  /** A `frontend`, or a `listen`. */
  readonly frontend: string;
  /** The condition of its `use_backend` line, `if is_shop`; absent: its `default_backend` line. */
  readonly useBackend?: string;
}

/** The line as it stands in one text (latin1), or why no one line is it. */
export type TrafficLine =
  | {
      readonly kind: 'found';
      /** Counted from 1. */
      readonly number: number;
      readonly backend: string;
      /** Where the backend's name stands in the text. */
      readonly start: number;
      readonly end: number;
    }
  /** A sentence's end: `there is no frontend www`. */
  | { readonly kind: 'unclear'; readonly why: string };

export function findTrafficLine(text: string, name: TrafficLineName): TrafficLine {
  const { frontend } = name;
  const sections = sectionsOf(text);
  const named = sections.filter((section) => isEntry(section) && section.name === frontend);
  const [section, ...more] = named;
  if (section === undefined) return unclear(`there is no frontend ${frontend}`);
  if (more.length > 0) return unclear(`there are ${named.length} frontends ${frontend}`);
  const [line, ...others] = linesMeant(section, name);
  if (line === undefined) return unclear(whyNone(sections, section, name));
  if (others.length > 0) {
    const numbers = [line, ...others].map(({ number }) => number).join(' and ');
    return unclear(`frontend ${frontend} has ${keywordOf(name)} in lines ${numbers}: leave one`);
  }
  if (section.header.conditional || line.conditional) {
    return unclear(`line ${line.number} stands between .if and .endif, so it may not count`);
  }
  return place(line);
}

/** The text with another backend in a line that was found in it. Every other byte is kept. */
export function withBackend(
  text: string,
  { start, end }: Extract<TrafficLine, { kind: 'found' }>,
  backend: string,
): string {
  return text.slice(0, start) + backend + text.slice(end);
}

/** Where else one of these backends is named for traffic: `frontend api, line 12`. */
export function othersNaming(
  text: string,
  name: TrafficLineName,
  backends: readonly string[],
): readonly string[] {
  const own = findTrafficLine(text, name);
  return sectionsOf(text).flatMap((section) =>
    section.lines
      .filter(({ words: [keyword, backend] }) => {
        const moves = keyword?.text === 'default_backend' || keyword?.text === 'use_backend';
        return moves && backends.includes(backend?.text ?? '');
      })
      .filter(({ number }) => own.kind === 'unclear' || number !== own.number)
      .map(({ number }) => `${section.kind} ${section.name}, line ${number}`),
  );
}

function isEntry({ kind }: Section): boolean {
  return kind === 'frontend' || kind === 'listen';
}

function linesMeant(section: Section, { useBackend }: TrafficLineName): readonly ConfigLine[] {
  if (useBackend === undefined) {
    return section.lines.filter(({ words }) => words[0]?.text === 'default_backend');
  }
  const condition = wordsOfLine(useBackend).map(({ text }) => text);
  return section.lines.filter((line) => {
    const [keyword, , ...rest] = wordTexts(line);
    return keyword === 'use_backend' && rest.join('\n') === condition.join('\n');
  });
}

function keywordOf({ useBackend }: TrafficLineName): string {
  return useBackend === undefined ? 'default_backend' : `use_backend ... ${useBackend}`;
}

function whyNone(sections: readonly Section[], section: Section, name: TrafficLineName): string {
  const none = `frontend ${name.frontend} has no line "${keywordOf(name)}" of its own`;
  const defaults = (withDefaults(sections, section) ?? []).slice(0, -1);
  const inherited =
    name.useBackend === undefined
      ? defaults.flatMap((one) => linesMeant(one, name)).at(-1)
      : undefined;
  if (inherited === undefined) return none;
  return `${none}, it inherits line ${inherited.number}: write one into the frontend`;
}

function place(line: ConfigLine): TrafficLine {
  const [, backend] = line.words;
  if (backend === undefined) return unclear(`line ${line.number} names no backend`);
  if (line.words.some(({ expands }) => expands)) {
    return unclear(`line ${line.number} takes a word from the environment`);
  }
  return {
    kind: 'found',
    number: line.number,
    backend: backend.text,
    start: line.offset + backend.start,
    end: line.offset + backend.end,
  };
}

function unclear(why: string): TrafficLine {
  return { kind: 'unclear', why };
}
