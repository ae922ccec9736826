import type { Config } from '../config/config.ts';
import { slacksOwn } from './slacks-own.ts';
import { typedWords } from './typed-words.ts';

export type CommandWord = (typeof commandWords)[number];

type Names = Config['slack']['commands'];

export const commandWords = ['release', 'rollback', 'status'] as const;

/** Which of the three a slash command is; undefined for one the configuration does not name. */
export function wordOf(names: Names, command: string): CommandWord | undefined {
  return commandWords.find((word) => names[word].includes(command));
}

/** The names of one command that Slack passes on to an app. */
export function passedOn(names: Names, word: CommandWord): readonly string[] {
  return names[word].filter((name) => !slacksOwn.has(name));
}

/** Every slash command of the configuration that Slack passes on. */
export function allNames(names: Names): readonly string[] {
  return commandWords.flatMap((word) => passedOn(names, word));
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
  const word = commandWords.find((known) => known === name) ?? wordOf(names, `/${name}`);
  if (word === undefined) return undefined;
  // Line breaks end nothing in a mention: the command is one line.
  return { word, rest: others.join(' ') };
}
