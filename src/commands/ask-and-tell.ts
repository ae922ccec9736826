import type { ReleaseId } from '../release/vocabulary.ts';
import type { Ask, Command } from './command.ts';

/** What begins a release of its own: its message is new, and people wait for it. */
const openers: ReadonlySet<Command['kind']> = new Set([
  'release',
  'finish',
  'rollback',
  'adopt',
  'drain',
  'maint',
  'ready',
]);

/**
 * The door, and behind what began a release the sentence that says why its message is not in the channel. `untold`
 * resolves within seconds; undefined: it was posted, or will be as soon as Slack lets it.
 */
export function askAndTell(ask: Ask, untold: (id: ReleaseId) => Promise<string | undefined>): Ask {
  return async (command, asker) => {
    const reply = await ask(command, asker);
    if (reply.kind !== 'done' || reply.release === undefined) return reply;
    if (!openers.has(command.kind)) return reply;
    const why = await untold(reply.release);
    return why === undefined ? reply : { ...reply, text: `${reply.text} ${why}` };
  };
}
