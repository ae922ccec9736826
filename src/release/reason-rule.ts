import { typed } from './typed.ts';

/** What a service asks of the reason of a release. Going back needs none. */
export interface ReasonRule {
  /** Source of a regular expression that has to be found in the reason: a ticket. */
  readonly ticket?: string;
}

/** Why a release may not be asked for with this reason; undefined where it may. */
export function whyNoReason(
  service: string,
  rule: ReasonRule | undefined,
  because: string | undefined,
): string | undefined {
  if (rule === undefined) return undefined;
  const { ticket } = rule;
  const isNamed = ticket === undefined || new RegExp(ticket, 'u').test(because ?? '');
  if (because !== undefined && because !== '' && isNamed) return undefined;
  const found =
    because === undefined || because === '' ? 'none was given' : `"${typed(because)}" names none`;
  return `Refused: ${needWords(service, rule)}, and ${found}. Write \`/release ${service} because ${ticket === undefined ? '<reason>' : '<ticket and reason>'}\`.`;
}

/** `A release of checkout needs a reason that names a ticket (pattern OPS-\d+)`, for help and `check`. */
export function needWords(service: string, { ticket }: ReasonRule): string {
  const names = ticket === undefined ? '' : ` that names a ticket (pattern \`${typed(ticket)}\`)`;
  return `a release of ${service} needs a reason${names}`;
}

/** Longest source of a pattern: it is looked for in texts of strangers, on the event loop. */
const longestPattern = 100;

/** Why a text cannot be a ticket's pattern; undefined where it can. */
export function whyNoTicketPattern(text: string): string | undefined {
  if (text === '' || text.length > longestPattern) {
    return `it has 1 to ${longestPattern} characters`;
  }
  // Repetitions inside a repetition, and references back, can take minutes for one line.
  if (/\([^()]*[*+{][^()]*\)[*+{]|\\[1-9k]/.test(text)) {
    return 'a group that repeats must not hold repetitions itself, and nothing refers back';
  }
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
