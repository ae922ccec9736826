import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { NameOf } from '../commands/command-names.ts';
import type { Clock } from '../engine/ports.ts';
import { Deadline } from '../timing/deadline.ts';
import { type Message, textAlone } from './message.ts';
import { nameCommands } from './name-commands.ts';
import { slackProblem } from './slack-problem.ts';

/** Where one person's answer goes. */
export interface AnswerTo {
  readonly channel: string;
  readonly user: string;
  readonly thread?: string;
  /** Five uses in 30 minutes; the first choice, it also works where the bot is no member. */
  readonly responseUrl?: string;
  /** How this person calls the commands; absent: as everybody does. */
  readonly names?: NameOf;
}

const pausesMs = [1_000, 3_000] as const;
const respondMs = 5_000;

/** Answers people. Every answer is tried again a little, and none can fail its caller. */
export class Answers {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #names: NameOf;

  constructor(deps: { client: WebClient; clock: Clock; log: Logger; names: NameOf }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#names = deps.names;
  }

  /** For the asker's eyes only. */
  async privately(to: AnswerTo, unnamed: Message): Promise<void> {
    const answer = nameCommands(unnamed, to.names ?? this.#names);
    await this.#insist('an answer', async () => {
      if (await this.#respond(to, answer)) return;
      await this.#orAlone(answer, (said) => this.#ephemeral(to, said));
    });
  }

  /** For everybody, in the thread of the question. */
  async inThread({ channel, thread, names }: AnswerTo, unnamed: Message): Promise<void> {
    const answer = nameCommands(unnamed, names ?? this.#names);
    await this.#insist('an answer in a thread', () =>
      this.#orAlone(answer, async ({ text, blocks }) => {
        await this.#client.chat.postMessage({
          channel,
          text,
          blocks: [...blocks],
          unfurl_links: false,
          unfurl_media: false,
          ...(thread === undefined ? {} : { thread_ts: thread }),
        });
      }),
    );
  }

  /** Puts other words in the place of a message of ours, its buttons gone. */
  async replace(place: { readonly channel: string; readonly ts: string }, unnamed: Message) {
    const words = nameCommands(unnamed, this.#names);
    await this.#insist('an edit', () =>
      this.#orAlone(words, async ({ text, blocks }) => {
        await this.#client.chat.update({ ...place, text, blocks: [...blocks] });
      }),
    );
  }

  async #ephemeral({ channel, user, thread }: AnswerTo, { text, blocks }: Message): Promise<void> {
    await this.#client.chat.postEphemeral({
      channel,
      user,
      text,
      blocks: [...blocks] as KnownBlock[],
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
  }

  async #orAlone(answer: Message, send: (said: Message) => Promise<void>): Promise<void> {
    try {
      await send(answer);
    } catch (error) {
      if (slackProblem(error).kind !== 'blocks') throw error;
      this.#log.warn(
        { err: error },
        'Slack refuses the blocks of an answer; its words are sent alone',
      );
      await send(textAlone(answer));
    }
  }

  /** True when the response_url took it, with blocks or without. */
  async #respond({ responseUrl, thread }: AnswerTo, answer: Message): Promise<boolean> {
    if (responseUrl === undefined) return false;
    const common = {
      response_type: 'ephemeral',
      replace_original: false,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    };
    const { text, blocks } = answer;
    if (await this.#post(responseUrl, { ...common, text, blocks })) return true;
    return blocks.length > 0 && this.#post(responseUrl, { ...common, text });
  }

  async #post(url: string, body: object): Promise<boolean> {
    const limit = new AbortController();
    const deadline = new Deadline(respondMs, () => limit.abort());
    try {
      const { ok } = await globalThis.fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: limit.signal,
      });
      return ok;
    } catch {
      return false;
    } finally {
      deadline.cancel();
    }
  }

  async #insist(what: string, send: () => Promise<void>): Promise<void> {
    for (const pause of [...pausesMs, undefined]) {
      try {
        return await send();
      } catch (error) {
        const problem = slackProblem(error);
        if (problem.kind !== 'later' || pause === undefined) {
          this.#log.error({ err: error }, `${what} could not be given: ${problem.why}`);
          return;
        }
        await this.#clock.sleep(Math.min(problem.afterMs ?? pause, 30_000));
      }
    }
  }
}
