import type { KnownBlock } from '@slack/types';
import { canonicalNames, type NameOf, withNames } from '../commands/command-names.ts';
import { type CommandWord, passedOn } from './command-words.ts';
import type { Message } from './message.ts';
import { cutText } from './slack-text.ts';

type Names = Parameters<typeof passedOn>[0];

/** The names that everybody can type: of each command the first one that Slack passes on. */
export function usualNames(names: Names): NameOf {
  return (topic) => passedOn(names, topic)[0] ?? names[topic][0] ?? canonicalNames[topic];
}

/** The same for somebody who has just typed one of them: that one is theirs. */
export function namesTyped(names: Names, word: CommandWord, typed: string): NameOf {
  const usual = usualNames(names);
  return (topic, next) => (topic === word ? typed : usual(topic, next));
}

/** In a thread Slack knows no slash command: there people mention the bot. */
export const namesInThread: NameOf = (topic) => `@pointsman ${topic}`;

/** For a message that lists names itself. */
export const namesAsWritten: NameOf = (topic) => canonicalNames[topic];

/** A message with this installation's names of the commands: the last thing that is done to it before it is sent. */
export function nameCommands({ text, blocks }: Message, nameOf: NameOf): Message {
  return { text: withNames(text, nameOf), blocks: blocks.map((block) => named(block, nameOf)) };
}

const longestText = 3_000;

function named(block: KnownBlock, nameOf: NameOf): KnownBlock {
  const text = JSON.stringify(block);
  if (!text.includes('`/r')) return block;
  return JSON.parse(text, (key, value: unknown) =>
    key === 'text' && typeof value === 'string'
      ? cutText(withNames(value, nameOf), longestText)
      : value,
  ) as KnownBlock;
}
