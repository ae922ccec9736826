import type { BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { Reply } from '../commands/command.ts';
import type { Journal } from '../engine/ports.ts';
import type { Actor } from '../release/vocabulary.ts';
import type { Answers } from './answers.ts';
import { buttonLabels } from './card-buttons.ts';
import type { LiveNotices } from './live-notices.ts';
import { context, message, section } from './message.ts';
import type { Place } from './outbox-store.ts';
import { isAction, type Pressed } from './press-command.ts';
import { personText } from './slack-text.ts';

export interface OldCopiesDeps {
  readonly journal: Pick<Journal, 'release'>;
  readonly answers: Answers;
  readonly notices: Pick<LiveNotices, 'answered'>;
}

/** Sees to it that only the newest message of a release, and only an unanswered notice, has live buttons. */
export class OldCopies {
  readonly #journal: Pick<Journal, 'release'>;
  readonly #answers: Answers;
  readonly #notices: Pick<LiveNotices, 'answered'>;

  constructor({ journal, answers, notices }: OldCopiesDeps) {
    this.#journal = journal;
    this.#answers = answers;
    this.#notices = notices;
  }

  /** The sentence for a press on a message that is not the release's own, after taking its buttons away. */
  async retire(id: string, at: Place): Promise<string | undefined> {
    const newest = this.#journal.release(id)?.message;
    if (newest === undefined) return undefined;
    if (newest.channel === at.channel && newest.ts === at.ts) return undefined;
    const words = `${id}: this is an older copy. The newest message of ${id} has the buttons that count.`;
    await this.#answers.replace(at, message(words, [section(words)]));
    return `Refused: you pressed on an older copy of ${id}'s message. Use the newest one; \`/release-status\` names what is open.`;
  }

  /** Puts who decided in the place of a notice's buttons, or that what it offered is not there any more. */
  async pressed(
    body: BlockAction,
    { action, block }: Pressed,
    reply: Reply,
    by: Actor,
  ): Promise<void> {
    if (reply.kind === 'done' && isAction(action)) {
      await this.#endNotice(body, block, `✓ ${buttonLabels[action]}: ${personText(by)}`);
    }
    if (reply.kind === 'refused' && reply.outdated === true) {
      await this.#endNotice(body, block, 'Outdated: the nodes have changed since this message.');
    }
  }

  async #endNotice(
    { message: notice, channel }: BlockAction,
    pressed: string,
    words: string,
  ): Promise<void> {
    if (notice === undefined || channel === undefined) return;
    const service = /^service:(.+)$/.exec(pressed)?.[1];
    if (service !== undefined) {
      this.#notices.answered({ channel: channel.id, ts: notice.ts }, service, words);
    }
    const blocks = (Array.isArray(notice.blocks) ? notice.blocks : []) as KnownBlock[];
    // Where several services are told of at once, the others' buttons stay.
    const kept = blocks.filter((block) => block.type !== 'actions' || block.block_id !== pressed);
    await this.#answers.replace(
      { channel: channel.id, ts: notice.ts },
      message(`${notice.text ?? ''}\n${words}`, [...kept, context(words)]),
    );
  }
}
