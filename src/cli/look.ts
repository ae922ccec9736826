import { DateTime } from 'luxon';
import { isUtc, withMoments } from '../commands/moments.ts';
import { withActors } from '../release/actor-words.ts';
import type { Side } from '../release/vocabulary.ts';
import { onHost } from './host-names.ts';
import type { Io } from './io.ts';

/** How and where something is shown. */
export interface Look {
  readonly colour: boolean;
  /** IANA zone of shown times. */
  readonly timezone: string;
}

/** Colours only where a person sees them and did not say no. */
export function lookOf(io: Io): Look {
  return { colour: io.terminal && !io.noColour, timezone: io.timezone };
}

const codes = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof codes;

/** A text in a colour, where colours are shown. */
export function paint(look: Look, colour: Colour, text: string): string {
  return look.colour && text !== '' ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}

/** A side in its own colour; `mixed` and anything else stands out. */
export function sideWords(look: Look, side: Side | 'mixed' | undefined): string {
  if (side === undefined) return paint(look, 'red', 'unknown');
  return side === 'mixed' ? paint(look, 'red', side) : paint(look, side, side);
}

/** A text from outside on one line, without anything a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\p{Cf}|\p{Cs}/gu, '');
}

/** A sentence of the program on one line: commands as they are typed on the host, times in the reader's zone. */
export function said(look: Look, sentence: string): string {
  const named = withActors(onHost(sentence));
  return plain(withMoments(named, (iso) => fullTime(look, iso)));
}

/** A moment as `2026-11-20 13:00:03`, in the look's zone. */
export function localTime(look: Look, iso: string): string {
  return DateTime.fromISO(iso, { zone: look.timezone }).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** A moment with its zone and in UTC. */
export function fullTime(look: Look, iso: string): string {
  const there = `${localTime(look, iso)} ${look.timezone}`;
  if (isUtc(look.timezone)) return there;
  return `${there} (${DateTime.fromISO(iso, { zone: 'utc' }).toFormat("HH:mm:ss'Z'")})`;
}
