import { DateTime, IANAZone } from 'luxon';
import { quoted } from './clean-text.ts';
import type { Misunderstood } from './command.ts';
import { misunderstood } from './typed-line.ts';

export interface TimeContext {
  readonly timezone: string;
  readonly now: Date;
}

/** What is accepted, for sentences. */
export const timeForms = '`14:02`, `yesterday 14:02`, `2026-11-20 14:02` or `2026-11-20T14:02Z`';

/**
 * Reads a typed moment in the asker's zone: a time of today, of a day, or ISO 8601 with its own offset.
 * Times that the clocks jumped over, times that came twice and times to come are answered with a sentence.
 */
export function readTime(words: readonly string[], context: TimeContext): Date | Misunderstood {
  const text = words.join(' ').toLowerCase();
  const absolute = readAbsolute(text);
  const read = absolute ?? readLocal(text, context);
  if (read === undefined) {
    return misunderstood(`${quoted(words.join(' '))} is no time I know. Write ${timeForms}.`);
  }
  if (!(read instanceof Date)) return read;
  return read.getTime() > context.now.getTime() ? toCome(text, read, context) : read;
}

const ages: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440, w: 10_080 };

/** Reads where a history begins: `7d`, `5 minutes`, a day, or a moment. */
export function readSince(words: readonly string[], context: TimeContext): Date | Misunderstood {
  const text = words.join(' ').toLowerCase();
  const age = /^(\d{1,4}) ?(m|h|d|w)(?:in|ins|inute|inutes|our|ours|ay|ays|eek|eeks)?$/.exec(text);
  if (age !== null) {
    const minutes = Number(age[1]) * (ages[age[2] ?? ''] ?? 0);
    return new Date(context.now.getTime() - minutes * 60_000);
  }
  const day = dayOf(text, context);
  if (day === undefined) return readTime(words, context);
  if (!day.isValid) return misunderstood(`There is no day ${quoted(text)}.`);
  const start = day.startOf('day').toJSDate();
  return start.getTime() > context.now.getTime() ? toCome(text, start, context) : start;
}

/** How many words at this place belong to a time: `yesterday 14:02` are two. */
export function timeLength(words: readonly string[], at: number): number {
  const isCount = /^\d{1,4}$/.test(words[at] ?? '');
  if (isCount && /^(min|hour|day|week)/i.test(words[at + 1] ?? '')) return 2;
  const isDay = /^(today|yesterday|\d{4}-\d{2}-\d{2})$/i.test(words[at] ?? '');
  const isTime = (word: string | undefined) => /^\d{1,2}:\d{2}(:\d{2})?$/.test(word ?? '');
  const length = isDay && isTime(words[at + 1]) ? 2 : 1;
  return /^(utc|z)$/i.test(words[at + length] ?? '') ? length + 1 : length;
}

function readAbsolute(text: string): Date | Misunderstood | undefined {
  const form =
    /^(\d{4}-\d{2}-\d{2})[t ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?) ?(z|utc|[+-]\d{2}:?\d{2})$/;
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', zone = ''] = match;
  const offset = /^(z|utc)$/.test(zone) ? 'Z' : zone;
  const moment = DateTime.fromISO(
    `${day}T${time.padStart(time.indexOf(':') === 1 ? time.length + 1 : 0, '0')}${offset}`,
  );
  return moment.isValid ? moment.toJSDate() : misunderstood(`There is no time ${quoted(text)}.`);
}

function readLocal(text: string, context: TimeContext): Date | Misunderstood | undefined {
  const match = /^(?:(\S+?)[t ])?(\d{1,2}):(\d{2})(?::(\d{2}))?( utc| z|z)?$/.exec(text);
  if (match === null) return undefined;
  const [, dayText = 'today', hour, minute, second = '0', utc] = match;
  const zone = utc === undefined ? zoneOf(context) : 'utc';
  const day = dayOf(dayText, { ...context, timezone: zone });
  if (day === undefined) return undefined;
  const time = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: 0,
  };
  const moment = day.set(time);
  if (!moment.isValid || time.hour > 23 || time.minute > 59 || time.second > 59) {
    return misunderstood(`There is no time ${quoted(text)}.`);
  }
  return onceOnly(moment, time);
}

/** The clocks skip an hour in spring and repeat one in autumn. */
function onceOnly(moment: DateTime, asked: { hour: number; minute: number }): Date | Misunderstood {
  const words = moment.set({ hour: asked.hour, minute: asked.minute }).toFormat('yyyy-MM-dd');
  const time = `${two(asked.hour)}:${two(asked.minute)}`;
  if (moment.hour !== asked.hour || moment.minute !== asked.minute) {
    return misunderstood(
      `${time} did not exist on ${words} in ${moment.zoneName}: the clocks went forward. Ask for an earlier or a later time, or in UTC.`,
    );
  }
  const possible = moment.getPossibleOffsets();
  if (possible.length < 2) return moment.toJSDate();
  const choices = possible.map((one) => `\`${one.toUTC().toFormat("yyyy-MM-dd'T'HH:mm'Z'")}\``);
  return misunderstood(
    `${time} came twice on ${words} in ${moment.zoneName}: the clocks went back. Write ${choices.join(' or ')}.`,
  );
}

function dayOf(text: string, context: TimeContext): DateTime | undefined {
  const today = DateTime.fromJSDate(context.now, { zone: zoneOf(context) });
  if (text === 'today') return today;
  if (text === 'yesterday') return today.minus({ days: 1 });
  return /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? DateTime.fromISO(text, { zone: zoneOf(context) })
    : undefined;
}

function zoneOf({ timezone }: TimeContext): string {
  return IANAZone.isValidZone(timezone) ? timezone : 'utc';
}

function toCome(text: string, moment: Date, context: TimeContext): Misunderstood {
  const local = DateTime.fromJSDate(moment, { zone: zoneOf(context) });
  const when = `${local.toFormat('yyyy-MM-dd HH:mm')} ${local.zoneName}`;
  const hint = /^\d{1,2}:\d{2}/.test(text) ? ` Did you mean \`yesterday ${text}\`?` : '';
  return misunderstood(`${when} is still to come.${hint}`);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
