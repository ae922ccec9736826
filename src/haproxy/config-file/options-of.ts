import { type ConfigLine, wordTexts } from './config-lines.ts';
import { type Section, sectionsOf, withDefaults } from './sections.ts';

/** What is in force for one backend, its `defaults` sections included. */
export type OptionsOf =
  | {
      readonly kind: 'known';
      /** Names after `option` that are on: `persist`, `redispatch`, `httpchk`, ... */
      readonly options: ReadonlySet<string>;
      /** `http-check disable-on-404`, with the `option httpchk` that it needs. */
      readonly disableOn404: boolean;
    }
  /** One sentence's end: `there is no backend app`. */
  | { readonly kind: 'unknown'; readonly why: string };

// Each of them takes the place of the one before.
const checks: ReadonlySet<string> = new Set([
  'external-check',
  'httpchk',
  'ldap-check',
  'mysql-check',
  'pgsql-check',
  'redis-check',
  'smtpchk',
  'spop-check',
  'ssl-hello-chk',
  'tcp-check',
]);

/** The options of a backend (or `listen`) by a haproxy.cfg's text. The last line that names an option counts. */
export function optionsOf(text: string, backend: string): OptionsOf {
  const sections = sectionsOf(text);
  const named = sections.filter(
    ({ kind, name }) => (kind === 'backend' || kind === 'listen') && name === backend,
  );
  const [section, ...more] = named;
  if (section === undefined) return unknown(`there is no backend ${backend}`);
  if (more.length > 0) return unknown(`there are ${named.length} backends ${backend}`);
  const chain = withDefaults(sections, section);
  if (chain === undefined) {
    return unknown(`a defaults section that backend ${backend} inherits from is in another file`);
  }
  const lines = chain.flatMap(optionLines);
  const unsure = chain
    .map(({ header }) => header)
    .concat(lines)
    .find(isUnsure);
  if (unsure !== undefined) {
    return unknown(
      `line ${unsure.number} stands between .if and .endif, or takes a word from the environment`,
    );
  }
  return inForce(lines);
}

function optionLines({ lines }: Section): readonly ConfigLine[] {
  const first: readonly string[] = ['option', 'no', 'default', 'http-check'];
  return lines.filter(({ words }) => first.includes(words[0]?.text ?? ''));
}

function isUnsure({ conditional, words }: ConfigLine): boolean {
  return conditional || words.slice(0, 3).some(({ expands }) => expands);
}

function inForce(lines: readonly ConfigLine[]): OptionsOf {
  const options = new Set<string>();
  let on404 = false;
  for (const line of lines) {
    const words = wordTexts(line);
    if (words[0] === 'http-check') on404 ||= words[1] === 'disable-on-404';
    else turn(options, words);
  }
  return { kind: 'known', options, disableOn404: on404 && options.has('httpchk') };
}

/** `option x`, `no option x`, or `default option x`, which turns off all that is asked for here. */
function turn(options: Set<string>, words: readonly string[]): void {
  const isOn = words[0] === 'option';
  const [keyword, name = '', value] = isOn ? words : words.slice(1);
  if (keyword !== 'option') return;
  if (isOn && checks.has(name)) for (const check of checks) options.delete(check);
  if (isOn && !(name === 'redispatch' && isZero(value))) options.add(name);
  else options.delete(name);
}

/** `option redispatch 0` is off; a word that is no number is taken for 0. */
function isZero(value: string | undefined): boolean {
  return value !== undefined && !Number.parseInt(value, 10);
}

function unknown(why: string): OptionsOf {
  return { kind: 'unknown', why };
}
