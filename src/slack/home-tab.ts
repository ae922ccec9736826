import type { HomeView } from '@slack/types';
import { withNames } from '../commands/command-names.ts';
import type { Config } from '../config/config.ts';
import { commandWords, passedOn } from './command-words.ts';
import { header, section } from './message.ts';
import { usualNames } from './name-commands.ts';
import { helpParts } from './slack-text.ts';

/** The app's Home tab: what can be asked, in the words of each command's own help. */
export function homeTab(
  commands: Config['slack']['commands'],
  help: readonly (readonly string[])[],
): HomeView {
  const names = commandWords
    .map((word) => passedOn(commands, word))
    .filter((list) => list.length > 0)
    .map((list) => `\`${list.join('` or `')}\``)
    .join(', ');
  const nameOf = usualNames(commands);
  return {
    type: 'home',
    blocks: [
      header('Pointsman'),
      section(
        'Moves production traffic between the blue and the green side of a service, and can prove afterwards what it did.',
      ),
      section(`Type ${names}. In a thread, mention me: \`@pointsman status &lt;service&gt;\`.`),
      ...help.flatMap(helpParts).map((part) => section(withNames(part, nameOf))),
    ],
  };
}
