import { z } from 'zod';
import { whyNoMapKey } from '../release/map-key.ts';
import type { Reading } from './addresses.ts';
import { readDuration } from './durations.ts';
import { haproxyNamePattern } from './names.ts';

/** A mapping with exactly these keys. Every error's message is what stands after "expected"; of an unknown key, the known ones. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `a mapping with ${keys}`),
  });
}

/** A mapping of names to anything, at least one. */
export function namedThings(what: string) {
  return z.custom<Readonly<Record<string, unknown>>>(
    (value) => isMapping(value) && Object.keys(value).length > 0,
    { error: `a mapping of ${what}, at least one` },
  );
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text of one pattern. */
export function textLike(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** What HAProxy calls a thing: a backend, a server. */
export function haproxyName(what: string) {
  return textLike(haproxyNamePattern, `${what}, of letters, digits and _ . : -`);
}

/** Text that a reader narrows; what the reader expected instead becomes the error. */
export function textRead<T>(expected: string, read: (text: string) => Reading<T>) {
  return z.string({ error: expected }).transform((text, context): T => {
    const reading = read(text);
    if (reading.kind === 'read') return reading.value;
    context.addIssue({ code: 'custom', message: reading.what, params: { hint: reading.hint } });
    return z.NEVER;
  });
}

/** A key of a map: what the Runtime API and the map file can both hold. `suffix`: the route has a key with this behind it, too. */
export function mapKey(suffix = '') {
  const what = "the map's key, of printable ASCII characters";
  return textRead(what, (text) => {
    const hint = text === '' ? whyNoMapKey('') : whyNoMapKey(`${text}${suffix}`);
    if (hint === undefined) return { kind: 'read', value: text };
    return { kind: 'expected', what, hint };
  });
}

/** A duration such as `15m`, in milliseconds; at least `leastMs`. */
export function duration(leastMs: number, words = 'a duration such as 15m') {
  return textRead(words, (text) => {
    const ms = readDuration(text);
    return ms !== undefined && ms >= leastMs
      ? { kind: 'read', value: ms }
      : { kind: 'expected', what: words, ...hintOf(ms) };
  });
}

function hintOf(ms: number | undefined): { hint?: string } {
  return ms === undefined ? {} : { hint: 'that is too short' };
}

/** A share such as `1%`, as 0..1. */
export function percentage() {
  return textRead('a percentage such as 1%', (text) => {
    const share = /^\d{1,3}(\.\d{1,6})?%$/.test(text)
      ? Number(text.slice(0, -1)) / 100
      : Number.NaN;
    return share >= 0 && share <= 1
      ? { kind: 'read', value: share }
      : { kind: 'expected', what: 'a percentage such as 1%' };
  });
}

/** A factor such as `2x`, at least 1. */
export function factor() {
  const what = 'a factor such as 2x, at least 1x';
  return textRead(what, (text) => {
    const value = /^\d{1,6}(\.\d{1,6})?x$/.test(text) ? Number(text.slice(0, -1)) : Number.NaN;
    return value >= 1 ? { kind: 'read', value } : { kind: 'expected', what };
  });
}

export function wholeNumber(
  least: number,
  most: number,
  error = `a whole number from ${least} to ${most}`,
) {
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: words.join(' or ') });
}
