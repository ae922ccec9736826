import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { Announcement } from '../release/announcement.ts';
import type { DriftOffer } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ServiceName, Side } from '../release/vocabulary.ts';
import { againButton, reapplyButtons } from './card-buttons.ts';
import { context, type Message, message, section } from './message.ts';
import { personText, sentenceText, typedText } from './slack-text.ts';

/** Every announcement but the card. */
export type Told = Exclude<Announcement, { readonly kind: 'card' }>;

export interface ToldView {
  readonly release?: Release;
  /** How many nodes the service has. */
  readonly nodes: number;
  /** The same of any other service. */
  readonly nodesOf: (service: ServiceName) => number;
  /** The mark of a message that may stand in the channel already. */
  readonly repeated?: string;
}

/** A detail, a broadcast or a notice as a message. People are called by name only when something failed. */
export function announcementMessage(told: Told, view: ToldView): Message {
  const said = sentenceText(told.text);
  const text = [called(told, view.release, said), said, view.repeated ?? '']
    .filter((part) => part !== '')
    .join(' ');
  return message(text, [section(text), ...buttonsOf(told, view)]);
}

/** More services than this are decided about one by one, by command. */
const mostOffers = 5;

function buttonsOf(told: Told, { nodes, nodesOf }: ToldView): readonly KnownBlock[] {
  if (told.kind !== 'channel') return [];
  const { offers = [], service } = told;
  if (offers.length > mostOffers) {
    return [context('`/release-status <service>` shows each of them, and what mends it.')];
  }
  if (offers.length > 0) {
    return offers.flatMap((offer) => {
      const buttons = buttonsOfOne(
        offer.service,
        reapplyOf(offer),
        offer.again,
        nodesOf(offer.service),
      );
      return buttons === undefined ? [] : [context(`*${typedText(offer.service)}*`), buttons];
    });
  }
  const buttons = service && buttonsOfOne(service, told.reapply, told.again, nodes);
  return buttons ? [buttons] : [];
}

function reapplyOf({ choice }: DriftOffer) {
  return choice && { side: choice.reapply, found: choice.accept };
}

function buttonsOfOne(
  service: ServiceName,
  reapply: { readonly side: Side; readonly found: Side } | undefined,
  again: true | undefined,
  nodes: number,
): ActionsBlock | undefined {
  if (reapply !== undefined) return reapplyButtons(service, reapply, nodes);
  return again === true ? againButton(service, nodes) : undefined;
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
