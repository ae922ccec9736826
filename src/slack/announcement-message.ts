import type { ActionsBlock } from '@slack/types';
import type { Announcement } from '../release/announcement.ts';
import type { Release } from '../release/release.ts';
import { againButton, reapplyButtons } from './card-buttons.ts';
import { type Message, message, section } from './message.ts';
import { personText, sentenceText } from './slack-text.ts';

/** Every announcement but the card. */
export type Told = Exclude<Announcement, { readonly kind: 'card' }>;

export interface ToldView {
  readonly release?: Release;
  /** How many nodes the service has. */
  readonly nodes: number;
  /** The mark of a message that may stand in the channel already. */
  readonly repeated?: string;
}

/** A detail, a broadcast or a notice as a message. People are called by name only when something failed. */
export function announcementMessage(told: Told, view: ToldView): Message {
  const said = sentenceText(told.text);
  const text = [called(told, view.release, said), said, view.repeated ?? '']
    .filter((part) => part !== '')
    .join(' ');
  const buttons = buttonsOf(told, view.nodes);
  return message(text, [section(text), ...(buttons === undefined ? [] : [buttons])]);
}

function buttonsOf(told: Told, nodes: number): ActionsBlock | undefined {
  if (told.kind !== 'channel' || told.service === undefined) return undefined;
  if (told.reapply !== undefined) return reapplyButtons(told.service, told.reapply, nodes);
  return told.again === true ? againButton(told.service, nodes) : undefined;
}

/** The requester's mention, where their release failed and the sentence does not name them already. */
function called(told: Told, release: Release | undefined, said: string): string {
  if (told.kind !== 'broadcast' || release === undefined || !hasFailed(release)) return '';
  const mention = personText(release.requester);
  return mention.startsWith('<@') && !said.includes(mention) ? mention : '';
}

function hasFailed({ state, goingBack }: Release): boolean {
  if (state === 'failed' || state === 'rolled_back' || state === 'needs_attention') return true;
  return goingBack !== undefined && goingBack.end !== 'aborted';
}
