import type { ModalView } from '@slack/types';
import { counted } from '../release/counted.ts';
import { movementWords } from '../release/plan-words.ts';
import type { Release } from '../release/release.ts';
import { isBeforeSwitch } from '../release/states.ts';
import { section } from './message.ts';
import { typedText } from './slack-text.ts';

/** The message whose button was pressed. */
export interface PressedAt {
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
}

/** What a dialog that was submitted says. */
export interface CancelAsked {
  readonly release: string;
  readonly at: PressedAt;
  /** As it was written; empty where nobody gave one. */
  readonly reason: string;
}

export const cancelCallback = 'cancel_release';
const input = 'reason';
const longestReason = 300;

/** True while `Cancel` could do what it says: before that, and after, the press itself is refused with the reason. */
export function mayBeCancelled({ state, ended }: Release): boolean {
  return ended === undefined && isBeforeSwitch(state);
}

/** Asks why a release is to end before it has moved anything. Every field may be left empty. */
export function cancelDialog(release: Release, at: PressedAt): ModalView {
  const { id, plan, requester } = release;
  const nodes = counted(plan.target.nodes.length, 'node');
  const what = `*${id}*: ${typedText(movementWords(plan))} on ${nodes}. Nothing has moved, and nothing will.`;
  return {
    type: 'modal',
    callback_id: cancelCallback,
    private_metadata: JSON.stringify({ release: id, ...at }),
    title: { type: 'plain_text', text: 'Cancel this release?' },
    submit: { type: 'plain_text', text: 'Cancel the release' },
    close: { type: 'plain_text', text: 'Not now' },
    blocks: [
      section(what),
      section(
        `From its requester (@${typedText(requester)}) or an operator it is told as Cancelled, from an approver as Rejected.`,
      ),
      {
        type: 'input',
        block_id: input,
        optional: true,
        label: { type: 'plain_text', text: 'Why' },
        element: { type: 'plain_text_input', action_id: input, max_length: longestReason },
      },
    ],
  };
}

/** Reads a submitted dialog; undefined where it is none of ours. */
export function readCancelDialog(view: {
  readonly private_metadata: string;
  readonly state: { readonly values: Readonly<Record<string, unknown>> };
}): CancelAsked | undefined {
  const kept = fieldsOf(view.private_metadata);
  if (kept === undefined) return undefined;
  const { release, channel, ts, thread } = kept;
  if (!matches(release, /^[a-z][a-z0-9-]{0,63}$/) || !matches(channel, /^[CDG][A-Z0-9]+$/)) {
    return undefined;
  }
  if (!matches(ts, /^[0-9.]{1,30}$/)) return undefined;
  return {
    release,
    at: { channel, ts, ...(matches(thread, /^[0-9.]{1,30}$/) ? { thread } : {}) },
    reason: reasonOf(view.state.values),
  };
}

function reasonOf(values: Readonly<Record<string, unknown>>): string {
  const block = values[input] as Readonly<Record<string, { value?: unknown }>> | undefined;
  const value = block?.[input]?.value;
  return typeof value === 'string' ? value.trim() : '';
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
