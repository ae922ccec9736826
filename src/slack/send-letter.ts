import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type Message, textAlone } from './message.ts';
import type { Place } from './outbox-store.ts';
import { type SlackProblem, slackProblem } from './slack-problem.ts';

/** One call to Slack that tells people something. */
export type Letter =
  | { readonly kind: 'post'; readonly message: Message; readonly channel: string }
  | {
      readonly kind: 'reply';
      readonly message: Message;
      readonly to: Place;
      /** Shown in the channel too. */
      readonly broadcast: boolean;
    }
  | {
      readonly kind: 'edit';
      readonly message: Message;
      readonly of: Place;
      /** Posted anew where the message is gone. */
      readonly orPost: boolean;
    };

export type Sent =
  | { readonly kind: 'told'; readonly place: Place }
  | { readonly kind: 'not_told'; readonly problem: SlackProblem };

/**
 * Sends a letter, in a simpler form where Slack refuses this one: the words alone, a new message for one that is
 * gone. Never rejects.
 */
export async function sendLetter(client: WebClient, letter: Letter, log: Logger): Promise<Sent> {
  let next: Letter | undefined = letter;
  let problem: SlackProblem | undefined;
  while (next !== undefined) {
    try {
      return { kind: 'told', place: await send(client, next) };
    } catch (error) {
      problem = slackProblem(error);
      log.warn({ letter: next.kind, problem: problem.kind }, problem.why);
      next = simpler(next, problem);
    }
  }
  return { kind: 'not_told', problem: problem ?? { kind: 'other', why: 'nothing was sent' } };
}

/** Where a letter goes. */
export function channelOf(letter: Letter): string {
  if (letter.kind === 'post') return letter.channel;
  return letter.kind === 'reply' ? letter.to.channel : letter.of.channel;
}

/** The next form to try; undefined where no form of it helps. */
function simpler(letter: Letter, { kind }: SlackProblem): Letter | undefined {
  const channel = channelOf(letter);
  if (kind === 'gone' && (letter.kind === 'reply' || (letter.kind === 'edit' && letter.orPost))) {
    return { kind: 'post', message: letter.message, channel };
  }
  if ((kind === 'blocks' || kind === 'other') && letter.message.blocks.length > 0) {
    return { ...letter, message: textAlone(letter.message) };
  }
  return undefined;
}

async function send(client: WebClient, letter: Letter): Promise<Place> {
  const { text } = letter.message;
  // An edit without blocks must take the old ones away: a button must not outlive its decision.
  const blocks = [...letter.message.blocks];
  const channel = channelOf(letter);
  if (letter.kind === 'edit') {
    await client.chat.update({ channel, ts: letter.of.ts, text, blocks, link_names: false });
    return letter.of;
  }
  const { ts } = await client.chat.postMessage({
    channel,
    text,
    blocks,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    ...(letter.kind === 'reply' ? threadOf(letter) : {}),
  });
  return { channel, ts: ts ?? '' };
}

function threadOf({ to, broadcast }: Extract<Letter, { kind: 'reply' }>) {
  return broadcast ? { thread_ts: to.ts, reply_broadcast: true as const } : { thread_ts: to.ts };
}
