import type { Reply } from '../commands/command.ts';
import { movementWords } from '../release/plan-words.ts';
import { unreachable } from '../release/vocabulary.ts';
import { historyMessage } from './history-message.ts';
import { context, type Message, message, section } from './message.ts';
import { overviewMessage } from './overview-message.ts';
import { serversMessage } from './servers-message.ts';
import { serviceMessage } from './service-message.ts';
import { bothDates } from './slack-date.ts';
import { helpParts, sentenceText, typedText } from './slack-text.ts';

/** An answer as a message; undefined where nothing is to be said again. */
export function replyMessage(reply: Reply, timezone: string): Message | undefined {
  switch (reply.kind) {
    case 'silent':
      return undefined;
    case 'done':
    case 'refused':
    case 'malfunction':
      return sentenceMessage(reply.text);
    case 'overview':
      return withUntold(overviewMessage(reply, timezone), reply);
    case 'service':
      return withUntold(serviceMessage(reply, timezone), reply);
    case 'servers':
      return withUntold(serversMessage(reply, timezone), reply);
    case 'history':
      return historyMessage(reply);
    case 'at':
      return atMessage(reply);
    case 'plan':
      return planMessage(reply);
    case 'help':
      return helpMessage(reply.lines);
    default:
      return unreachable(reply);
  }
}

/** What keeps people from being told, above everything else. */
function withUntold(
  { text, blocks }: Message,
  { untold = [] }: { readonly untold?: readonly string[] },
): Message {
  if (untold.length === 0) return { text, blocks };
  const why = untold.map((sentence) => `⚠ ${sentenceText(sentence)}`).join('\n');
  return message(`${why}\n${text}`, [section(why), ...blocks]);
}

/** One sentence of the domain. */
export function sentenceMessage(sentence: string): Message {
  const text = sentenceText(sentence);
  return message(text, [section(text)]);
}

function helpMessage(lines: readonly string[]): Message {
  const parts = helpParts(lines);
  return message(parts.join('\n'), parts.map(section));
}

function atMessage(reply: Extract<Reply, { kind: 'at' }>): Message {
  const text = sentenceText(reply.sentence);
  const when = typedText(bothDates(reply.time, reply.timezone));
  const row = reply.live === undefined ? [] : [`journal #${reply.live.seq}`];
  return message(`${text}\n${when}`, [section(text), context([when, ...row].join('  ·  '))]);
}

function planMessage({ plan, digest, sentences }: Extract<Reply, { kind: 'plan' }>): Message {
  const title = `Plan for ${plan.service}: ${movementWords(plan)}, nothing is done by it`;
  const steps = sentences.map((sentence) => `• ${sentenceText(sentence)}`);
  const whole = `plan ${digest.slice(0, 12)}`;
  return message([title, ...steps, whole].join('\n'), [
    section(`*${title}*`),
    section(steps.join('\n')),
    context(whole),
  ]);
}
