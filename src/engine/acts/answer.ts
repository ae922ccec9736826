import type { Origin } from '../../release/journal-entry.ts';
import { stateTitle } from '../../release/states.ts';
import { type Actor, type ReleaseId, unreachable } from '../../release/vocabulary.ts';
import type { Appended } from '../ports.ts';

/** What a person is told after an act. A refusal is a value: nothing was done. */
export type Answer =
  | { readonly kind: 'done'; readonly text: string; readonly release?: ReleaseId }
  /** `underWay`: the release that does already what was asked for. */
  | {
      readonly kind: 'refused';
      readonly text: string;
      readonly underWay?: ReleaseId;
      /** True: the message that was pressed on offers what is not there any more. */
      readonly outdated?: true;
    }
  /** The same delivery had its effect before. */
  | { readonly kind: 'duplicate' };

/** Who acts, from where. */
export interface By {
  readonly actor: Actor;
  readonly origin: Origin;
  /** The row's remark where an old membership had to serve. */
  readonly membership?: string;
}

export const refuse = (text: string): Answer => ({ kind: 'refused', text });

export const done = (text: string, release?: ReleaseId): Answer =>
  release === undefined ? { kind: 'done', text } : { kind: 'done', text, release };

/** The answer after an append: done, nothing where the delivery was a copy, or who was quicker. */
export function answerTo(appended: Appended, text: string, release?: ReleaseId): Answer {
  switch (appended.kind) {
    case 'appended':
      return done(text, release);
    case 'duplicate':
      return { kind: 'duplicate' };
    case 'locked':
      return refuse(
        `Refused: ${appended.by} holds the release lock of ${appended.service} since ${appended.since}. One release at a time per service: \`/release-status ${appended.service}\` shows where it stands.`,
      );
    case 'ended':
      return refuse(
        `Refused: ${appended.release} has ended already (${stateTitle(appended.state)}, ${appended.at}), so nothing was done. \`/release-status\` shows where its service stands.`,
      );
    default:
      return unreachable(appended);
  }
}
