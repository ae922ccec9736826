/** The three commands. */
export type Topic = 'release' | 'rollback' | 'status';

/** What the program's own sentences call the commands, in code. Every face puts its names in their place. */
export const canonicalNames: Readonly<Record<Topic, string>> = {
  release: '/release',
  rollback: '/rollback',
  status: '/release-status',
};

/** What a face calls a command that is followed by this word; '' where none follows. */
export type NameOf = (topic: Topic, next: string) => string;

const inCode = /`\/(release-status|release|rollback)(?=[ `])(?: ([a-z]+))?/g;

/** A sentence with the face's names of the commands. What a person typed is in no code of ours, and stays as it is. */
export function withNames(sentence: string, nameOf: NameOf): string {
  return sentence.replace(inCode, (_, name: string, next = '') => {
    const topic = name === 'release-status' ? 'status' : (name as Topic);
    return `\`${nameOf(topic, next)}${next === '' ? '' : ` ${next}`}`;
  });
}
