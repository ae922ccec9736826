import type { BlockAction, ViewSubmitAction } from '@slack/bolt';
import type { Asker, Reply } from '../commands/command.ts';
import type { Journal } from '../engine/ports.ts';
import type { Answers, AnswerTo } from './answers.ts';
import { type Asked, askerOf } from './asker-of.ts';
import {
  type CancelAsked,
  cancelDialog,
  mayBeCancelled,
  type PressedAt,
  readCancelDialog,
} from './cancel-dialog.ts';
import type { Dialogs } from './dialogs.ts';
import type { Installation } from './installation.ts';
import type { Once } from './once.ts';
import type { People } from './people.ts';
import { replyMessage, sentenceMessage } from './reply-message.ts';

export interface CancelHandlersDeps {
  readonly journal: Pick<Journal, 'release'>;
  readonly people: People;
  readonly installation: Installation;
  readonly answers: Answers;
  readonly dialogs: Dialogs;
  readonly once: Once;
  /** What is typed after `/release`, asked. */
  readonly typed: (text: string, asker: Asker) => Promise<Reply>;
}

/** The button `Cancel`: a dialog asks why, and says what could have been typed. */
export class CancelHandlers {
  readonly #deps: CancelHandlersDeps;

  constructor(deps: CancelHandlersDeps) {
    this.#deps = deps;
  }

  /**
   * Opens the dialog; who may is judged when it is submitted. False: there is nothing to ask, and the press itself is to be
   * answered. Slack gives three seconds, so nothing is looked up before.
   */
  async askWhy(id: string, at: PressedAt, body: BlockAction, to: AnswerTo): Promise<boolean> {
    const { journal, dialogs, answers } = this.#deps;
    const release = journal.release(id);
    if (release === undefined || !mayBeCancelled(release)) return false;
    const { message: newest = at } = release;
    if (newest.ts !== at.ts || newest.channel !== at.channel) return false;
    const trouble = await dialogs.open(body.trigger_id, cancelDialog(release, at));
    if (trouble !== undefined) {
      const typed = `Type \`/release cancel ${id} because <reason>\`.`;
      await answers.privately(to, sentenceMessage(`${trouble} ${typed}`));
    }
    return true;
  }

  /** A dialog is one question: however often it is submitted, it is answered once. */
  async submit(body: ViewSubmitAction): Promise<void> {
    const { once, answers, typed } = this.#deps;
    const said = readCancelDialog(body.view);
    const request = `dialog:${body.view.id}:${body.user.id}`;
    if (said === undefined || !once.isNew(request)) return;
    const { channel, thread } = said.at;
    const to: AnswerTo = {
      channel,
      user: body.user.id,
      ...(thread === undefined ? {} : { thread }),
    };
    const asker = await askerOf(this.#deps, askedBy(body, said, request));
    const because = said.reason === '' ? '' : ` because ${said.reason}`;
    const reply = await typed(`cancel ${said.release}${because}`, asker);
    // The release's own message tells that it has ended.
    const answer = reply.kind === 'done' ? undefined : replyMessage(reply, asker.timezone);
    if (answer !== undefined) await answers.privately(to, answer);
  }
}

function askedBy({ user, team }: ViewSubmitAction, { at }: CancelAsked, request: string): Asked {
  const from = user.team_id ?? team?.id;
  return {
    user: user.id,
    ...(from === undefined ? {} : { team: from }),
    channel: at.channel,
    message: at.ts,
    request,
  };
}
