import { type NameOf, type Topic, withNames } from '../commands/command-names.ts';
import { type AskVerb, askVerbs } from './handlers.ts';

const verbs: ReadonlySet<string> = new Set(askVerbs);

/** The commands as they are typed on the host: a verb of `/release` stands alone there. */
const namesOnHost: NameOf = (topic, next) =>
  topic === 'release' && verbs.has(next) ? 'pointsman' : `pointsman ${topic}`;

/** A sentence of the program, with the commands as they are typed on the host. */
export function onHost(sentence: string): string {
  return withNames(sentence, namesOnHost);
}

/** A verb of the host as the grammar of Slack's commands has it. */
export function inGrammar(
  verb: AskVerb,
  words: readonly string[],
): { readonly word: Topic; readonly text: string } {
  const word: Topic =
    verb === 'rollback'
      ? 'rollback'
      : verb === 'status' || verb === 'history'
        ? 'status'
        : 'release';
  return { word, text: (verb === word ? words : [verb, ...words]).join(' ') };
}
