import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { NameOf } from '../commands/command-names.ts';
import type { Config } from '../config/config.ts';
import type { OutboxItem } from '../engine/ports.ts';
import type { ServiceName } from '../release/vocabulary.ts';
import { announcementMessage, type Told } from './announcement-message.ts';
import type { CardDesk } from './card-desk.ts';
import { nodesOf } from './channels.ts';
import { context, type Message } from './message.ts';
import { nameCommands } from './name-commands.ts';
import type { OutboxStore, Place } from './outbox-store.ts';
import { sendLetter } from './send-letter.ts';

export interface LiveNoticesDeps {
  readonly client: WebClient;
  readonly outbox: OutboxStore;
  readonly cards: Pick<CardDesk, 'editing' | 'editInMs'>;
  readonly names: NameOf;
  readonly config: Pick<Config, 'fleets' | 'services'>;
  readonly log: Logger;
}

/** A notice of drift whose buttons can be pressed. */
interface LiveNotice {
  readonly item: OutboxItem;
  readonly told: Extract<Told, { readonly kind: 'channel' }>;
  readonly place: Place;
  readonly repeated: string | undefined;
  /** What stands in the place of a service's buttons: who decided, or that it is over. */
  readonly words: Map<ServiceName, string>;
}

const over = 'Over: every node is as it should be again.';

/** The notices of drift that still ask something: their buttons go when the drift does. */
export class LiveNotices {
  readonly #deps: LiveNoticesDeps;
  #notices: LiveNotice[] | undefined;

  constructor(deps: LiveNoticesDeps) {
    this.#deps = deps;
  }

  /** A notice was posted. */
  posted(item: OutboxItem, told: Told, place: Place, repeated: string | undefined): void {
    if (told.kind !== 'channel' || servicesOf(told).length === 0) return;
    const others = this.#live().filter(({ item: { id } }) => id !== item.id);
    this.#notices = [...others, { item, told, place, repeated, words: new Map() }];
  }

  /** Somebody has answered for one service, and the message says so. */
  answered({ channel, ts }: Place, service: ServiceName, words: string): void {
    const notice = this.#live().find(({ place }) => place.ts === ts && place.channel === channel);
    if (notice === undefined) return;
    notice.words.set(service, words);
    this.#endIfAnswered(notice);
  }

  /** Every node of a service is as it should be: what was asked about it is over. Told every round; an edit that fails is made in the next. */
  async over(service: ServiceName): Promise<void> {
    for (const notice of this.#live()) {
      if (!servicesOf(notice.told).includes(service) || notice.words.has(service)) continue;
      if (this.#deps.cards.editInMs(notice.place) > 0) continue;
      // Nobody else edits it meanwhile.
      notice.words.set(service, over);
      if (await this.#edit(notice)) this.#endIfAnswered(notice);
      else notice.words.delete(service);
    }
  }

  async #edit(notice: LiveNotice): Promise<boolean> {
    const { client, cards, names, log } = this.#deps;
    const message = nameCommands(this.#messageOf(notice), names);
    cards.editing(notice.place);
    const sent = await sendLetter(
      client,
      { kind: 'edit', message, of: notice.place, orPost: false },
      log,
    );
    return sent.kind === 'told' || sent.problem.kind === 'gone';
  }

  #messageOf({ told, repeated, words }: LiveNotice): Message {
    const { config } = this.#deps;
    const { text, blocks } = announcementMessage(told, {
      nodes: nodesOf(config, told.service),
      nodesOf: (name) => nodesOf(config, name),
      ...(repeated === undefined ? {} : { repeated }),
    });
    const ended = new Set([...words.keys()].map((service) => `service:${service}`));
    const kept = blocks.filter(
      (block) => block.type !== 'actions' || !ended.has(block.block_id ?? ''),
    );
    return { text, blocks: [...kept, ...[...words.values()].map((one) => context(one))] };
  }

  #endIfAnswered(notice: LiveNotice): void {
    if (!servicesOf(notice.told).every((service) => notice.words.has(service))) return;
    this.#notices = this.#live().filter((other) => other !== notice);
    try {
      this.#deps.outbox.sent(notice.item, null);
    } catch (error) {
      this.#deps.log.error({ err: error }, 'the outbox cannot note that a notice was answered');
    }
  }

  /** After a restart: those of the newest rows that stand somewhere. */
  #live(): readonly LiveNotice[] {
    this.#notices ??= this.#deps.outbox.questions().flatMap(({ item, place }) => {
      const told = this.#deps.outbox.announcement(item);
      if (told?.kind !== 'channel' || servicesOf(told).length === 0) return [];
      return [{ item, told, place, repeated: undefined, words: new Map() }];
    });
    return this.#notices;
  }
}

/** The services that a notice has buttons for. */
function servicesOf({
  service,
  reapply,
  again,
  offers = [],
}: LiveNotice['told']): readonly ServiceName[] {
  if (offers.length > 0) return offers.map((offer) => offer.service);
  const asks = reapply !== undefined || again !== undefined;
  return asks && service !== undefined ? [service] : [];
}
