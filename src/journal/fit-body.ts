import { largestBody as most } from '../release/plan-size.ts';

/** How far long texts and lists are cut, gently first. */
const cuts = [
  { text: 2_000, list: 500 },
  { text: 500, list: 200 },
  { text: 200, list: 50 },
  { text: 100, list: 10 },
] as const;
type Cut = (typeof cuts)[number];

/**
 * A happening's fields as the JSON of column `body`. Where that is too long, texts and lists are shortened and say so.
 * A plan is never cut, its digest would not hold: a fleet too large for one row throws.
 */
export function fitBody(body: object): string {
  const whole = JSON.stringify(body);
  if (Buffer.byteLength(whole) < most) return whole;
  for (const cut of cuts) {
    const shorter = JSON.stringify(shortened(body, cut));
    if (Buffer.byteLength(shorter) < most) return shorter;
  }
  throw new Error(
    `A journal row holds 64 KB; this one needs ${Math.ceil(Buffer.byteLength(whole) / 1024)} KB even with its texts cut. The plan names too many nodes for one release: split the fleet.`,
  );
}

function shortened(value: unknown, cut: Cut): unknown {
  if (typeof value === 'string') return shortText(value, cut.text);
  if (Array.isArray(value)) return shortList(value, cut).map((item) => shortened(item, cut));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => [
      [key, key === 'plan' ? field : shortened(field, cut)],
      ...leftOut(key, field, cut),
    ]),
  );
}

/** A list of texts says in its last item how many are missing; a list of anything else in a field beside it. */
function leftOut(key: string, field: unknown, cut: Cut): readonly [string, unknown][] {
  if (key === 'plan' || !Array.isArray(field) || field.length <= cut.list) return [];
  if (field.every((item) => typeof item === 'string')) return [];
  return [[`${key}_left_out`, field.length - cut.list]];
}

function shortText(text: string, most: number): string {
  const left = text.length - most;
  return left > 0 ? `${text.slice(0, most)}… (${left} more characters)` : text;
}

/** The first items; of gates, those that did not hold come first. */
function shortList(list: readonly unknown[], cut: Cut): readonly unknown[] {
  const left = list.length - cut.list;
  if (left <= 0) return list;
  if (list.every((item) => typeof item === 'string')) {
    return [...list.slice(0, cut.list), `… (${left} more)`];
  }
  const held = (item: unknown): boolean =>
    (item as { result?: unknown } | null)?.result === 'successful';
  return [...list.filter((item) => !held(item)), ...list.filter(held)].slice(0, cut.list);
}
