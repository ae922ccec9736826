import type { BlockAction, ButtonAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Ask, Asker, Command, Parse, Reply } from '../commands/command.ts';
import type { Config } from '../config/config.ts';
import type { Clock, Journal } from '../engine/ports.ts';
import { actor } from '../release/vocabulary.ts';
import type { Answers, AnswerTo } from './answers.ts';
import { type Asked, askerOf } from './asker-of.ts';
import type { PressedAt } from './cancel-dialog.ts';
import { CancelHandlers } from './cancel-handlers.ts';
import { allNames, type CommandWord, spoken, wordOf } from './command-words.ts';
import type { Dialogs } from './dialogs.ts';
import type { Installation } from './installation.ts';
import type { LiveNotices } from './live-notices.ts';
import { namesAsWritten, namesInThread, namesTyped } from './name-commands.ts';
import { OldCopies } from './old-copies.ts';
import { Once } from './once.ts';
import type { People } from './people.ts';
import { type Pressed, pressCommand } from './press-command.ts';
import { replyMessage, sentenceMessage } from './reply-message.ts';
import { isSlackUser } from './slack-text.ts';
import { typedWords } from './typed-words.ts';

/** The one door behind every face. */
export interface Door {
  readonly ask: Ask;
  readonly parse: Parse;
}

export interface DeskDeps {
  readonly door: Door;
  readonly commands: Config['slack']['commands'];
  readonly journal: Pick<Journal, 'release'>;
  readonly people: People;
  readonly installation: Installation;
  readonly answers: Answers;
  readonly dialogs: Dialogs;
  readonly notices: LiveNotices;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a mention says, and where. */
export interface Mention {
  readonly user: string;
  readonly text: string;
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  readonly team?: string;
}

// Slack gives three seconds for the ack, which is sent before; a person's own zone is not worth more waiting.
const timezoneMs = 1_000;

/** Turns what people type and press into commands, asks the one door, and answers each of them. */
export class Desk {
  readonly #deps: DeskDeps;
  readonly #once: Once;
  readonly #copies: OldCopies;
  readonly #cancels: CancelHandlers;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.#once = new Once(deps.clock);
    this.#copies = new OldCopies(deps);
    this.#cancels = new CancelHandlers({
      ...deps,
      once: this.#once,
      typed: (text, asker) => this.#typed('release', text, asker),
    });
  }

  /** A slash command, already acknowledged. */
  async command(body: SlashCommand): Promise<void> {
    if (!this.#isPerson(body.user_id)) return;
    const request = `slash:${body.trigger_id}`;
    if (!this.#once.isNew(request)) return;
    const { commands } = this.#deps;
    const place = {
      channel: body.channel_id,
      user: body.user_id,
      responseUrl: body.response_url,
    };
    const word = wordOf(commands, body.command);
    if (word === undefined) {
      return this.#say({ ...place, names: namesAsWritten }, this.#unknownCommand(body.command));
    }
    const to: AnswerTo = { ...place, names: namesTyped(commands, word, body.command) };
    const asked: Asked = {
      user: body.user_id,
      team: body.team_id,
      channel: body.channel_id,
      request,
    };
    const asker = await askerOf(this.#deps, asked, timezoneMs);
    const reply = await this.#typed(word, typedWords(body.text ?? ''), asker);
    const answer = replyMessage(reply, asker.timezone);
    if (answer !== undefined) await this.#deps.answers.privately(to, answer);
  }

  /** A mention: answered in its thread; a refusal only to who asked. */
  async mention(said: Mention): Promise<void> {
    const { channel, ts, user } = said;
    if (!this.#isPerson(user)) return;
    const request = `mention:${channel}:${ts}:${user}`;
    if (!this.#once.isNew(request)) return;
    const to: AnswerTo = { channel, user, thread: said.thread ?? ts, names: namesInThread };
    const asker = await askerOf(
      this.#deps,
      {
        user,
        ...(said.team === undefined ? {} : { team: said.team }),
        channel,
        message: ts,
        request,
      },
      timezoneMs,
    );
    const botUser = this.#deps.installation.known?.botUser ?? '';
    const heard = spoken(this.#deps.commands, said.text, botUser);
    if (heard === undefined) return this.#say(to, notHeard);
    const reply = await this.#typed(heard.word, heard.rest, asker);
    const answer = replyMessage(reply, asker.timezone);
    if (answer === undefined) return;
    await (isForAll(reply)
      ? this.#deps.answers.inThread(to, answer)
      : this.#deps.answers.privately(to, answer));
  }

  /** A press on a button, already acknowledged. */
  async press(body: BlockAction, action: ButtonAction): Promise<void> {
    if (!this.#isPerson(body.user.id)) return;
    const at = placeOf(body);
    // Copies of one press share action_ts, whatever their event ids are; a second press does not.
    const request = `press:${at.channel}:${at.ts}:${action.action_id}:${body.user.id}:${action.action_ts}`;
    if (!this.#once.isNew(request)) return;
    const to = answerTo(body, at);
    const pressed: Pressed = {
      action: action.action_id,
      value: action.value ?? '',
      block: action.block_id,
    };
    const command = pressCommand(pressed);
    if (command === undefined) return this.#say(to, unknownButton);
    if (command.kind === 'cancel' && (await this.#cancels.askWhy(command.of, at, body, to))) return;
    const asker = await askerOf(this.#deps, pressedBy(body, at, request));
    const old = await this.#copies.retire(pressed.value, at);
    const reply = await this.#ask(command, old === undefined ? asker : { ...asker, refusal: old });
    await this.#afterPress(body, pressed, to, reply, asker);
  }

  /** A dialog that was submitted, already acknowledged. */
  async submit(body: ViewSubmitAction): Promise<void> {
    if (this.#isPerson(body.user.id)) await this.#cancels.submit(body);
  }

  /** The help of all three commands, for the Home tab. */
  async help(user: string): Promise<readonly (readonly string[])[]> {
    if (!this.#isPerson(user)) return [];
    const asker: Asker = { actor: actor(user), timezone: 'UTC', door: 'slack', foreign: false };
    const topics = ['release', 'rollback', 'status'] as const;
    const replies = await Promise.all(
      topics.map((topic) => this.#ask({ kind: 'help', topic }, asker)),
    );
    return replies.map((reply) => (reply.kind === 'help' ? reply.lines : []));
  }

  /** A release's own message tells what a press did; a notice has to be told that it is answered. */
  async #afterPress(
    body: BlockAction,
    pressed: Pressed,
    to: AnswerTo,
    reply: Reply,
    asker: Asker,
  ): Promise<void> {
    const ofRelease = this.#deps.journal.release(pressed.value) !== undefined;
    if (reply.kind === 'done' && ofRelease) return;
    const answer = replyMessage(reply, asker.timezone);
    await this.#copies.pressed(body, pressed, reply, asker.actor);
    if (answer !== undefined) await this.#deps.answers.privately(to, answer);
  }

  async #typed(word: CommandWord, text: string, asker: Asker): Promise<Reply> {
    const now = new Date(this.#deps.clock.now().at);
    const command = this.#deps.door.parse(word, text, asker, now);
    return command.kind === 'misunderstood'
      ? { kind: 'refused', text: command.sentence }
      : this.#ask(command, asker);
  }

  async #ask(command: Command, asker: Asker): Promise<Reply> {
    try {
      const reply = await this.#deps.door.ask(command, asker);
      if (reply.kind === 'malfunction') this.#once.forget(asker.request ?? '');
      return reply;
    } catch (error) {
      this.#deps.log.error({ err: error }, `answering ${command.kind}`);
      return {
        kind: 'malfunction',
        text: 'Something went wrong, and it may not have been done. The log has the rest.',
      };
    }
  }

  /** The lists of roles hold other words, too: a group's id, or somebody of the command line. Nobody comes as these. */
  #isPerson(user: string): boolean {
    if (isSlackUser(user)) return true;
    this.#deps.log.warn('A delivery names nobody as its user; it is not worked on.');
    return false;
  }

  async #say(to: AnswerTo, sentence: string): Promise<void> {
    await this.#deps.answers.privately(to, sentenceMessage(sentence));
  }

  #unknownCommand(command: string): string {
    const known = allNames(this.#deps.commands);
    return `Refused: \`${command}\` is not a command of Pointsman. It answers ${known.map((name) => `\`${name}\``).join(', ')}.`;
  }
}

const notHeard =
  'I understand `release`, `rollback` and `status`, for example `@pointsman status checkout`. `@pointsman release help` lists everything.';
const unknownButton =
  'This button is not one of Pointsman’s any more; the message is old. `/release-status` shows what is open, and the newest message has the buttons that count.';

/** Answers that a thread may read; refusals and malfunctions are the asker's own. */
function isForAll(reply: Reply): boolean {
  return reply.kind !== 'refused' && reply.kind !== 'malfunction';
}

function answerTo(body: BlockAction, { channel, thread }: PressedAt): AnswerTo {
  return {
    channel,
    user: body.user.id,
    ...(thread === undefined ? {} : { thread }),
    ...(body.response_url === undefined ? {} : { responseUrl: body.response_url }),
  };
}

function pressedBy(body: BlockAction, at: PressedAt, request: string): Asked {
  const team = body.user.team_id ?? body.team?.id;
  return {
    user: body.user.id,
    ...(team === undefined ? {} : { team }),
    channel: at.channel,
    message: at.ts,
    request,
  };
}

function placeOf(body: BlockAction): PressedAt {
  const container: Record<string, unknown> = body.container;
  const thread = body.message?.thread_ts ?? container.thread_ts;
  const ts = body.message?.ts ?? container.message_ts;
  return {
    channel: String(body.channel?.id ?? container.channel_id ?? ''),
    ts: String(ts ?? ''),
    ...(typeof thread === 'string' && thread !== ts ? { thread } : {}),
  };
}
