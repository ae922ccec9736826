import type { Config } from '../config/config.ts';
import { typedWords } from './typed-words.ts';

export type CommandWord = 'release' | 'rollback' | 'status';

type Names = Config['slack']['commands'];

const words = ['release', 'rollback', 'status'] as const;

/** Which of the three a slash command is; undefined for one the configuration does not name. */
export function wordOf(names: Names, command: string): CommandWord | undefined {
  return words.find((word) => names[word].includes(command));
}

/** Every slash command the configuration names. */
export function allNames(names: Names): readonly string[] {
  return words.flatMap((word) => names[word]);
}

/** A mention's text as a command: `<@UBOT> status checkout`; undefined where it begins with none of the three. */
export function spoken(
  names: Names,
  text: string,
  botUser: string,
): { readonly word: CommandWord; readonly rest: string } | undefined {
  const said = typedWords(text.replace(new RegExp(`<@${botUser}(?:\\|[^>]*)?>`, 'g'), ' '));
  const [first = '', ...others] = said.split(/\s+/).filter((part) => part !== '');
  const name = first.toLowerCase().replace(/^\//, '').replace(/[:,]$/, '');
  const word = words.find((known) => known === name) ?? wordOf(names, `/${name}`);
  if (word === undefined) return undefined;
  // Line breaks end nothing in a mention: the command is one line.
  return { word, rest: others.join(' ') };
}
