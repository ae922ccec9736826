import { setImmediate as immediate } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { NameOf } from '../commands/command-names.ts';
import type { Config } from '../config/config.ts';
import type { Clock, Journal, OutboxItem, Progress } from '../engine/ports.ts';
import type { Draft } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import { type ReleaseId, system } from '../release/vocabulary.ts';
import { Alarm } from './alarm.ts';
import { announcementMessage, type Told } from './announcement-message.ts';
import type { CardDesk, CardPlace } from './card-desk.ts';
import { channelFor, nodesOf } from './channels.ts';
import { DeliveryTracker } from './delivery-tracker.ts';
import { Lanes } from './lanes.ts';
import type { LiveNotices } from './live-notices.ts';
import type { Message } from './message.ts';
import { MessageQueue, type NextMessage } from './message-queue.ts';
import { nameCommands } from './name-commands.ts';
import type { OutboxStore, Place } from './outbox-store.ts';
import type { Reach } from './reach.ts';
import { channelOf, type Letter, sendLetter } from './send-letter.ts';

export interface PosterDeps {
  readonly client: WebClient;
  readonly outbox: OutboxStore;
  readonly journal: Pick<Journal, 'release'>;
  readonly cards: CardDesk;
  readonly notices: LiveNotices;
  readonly names: NameOf;
  readonly config: Pick<Config, 'slack' | 'services' | 'fleets'>;
  readonly clock: Clock;
  readonly reach: Reach;
  readonly log: Logger;
}

const idleMs = 1_000;
const stopMs = 5_000;

/** Tells people what the outbox holds: one loop, nothing lost, in the order of MessageQueue within a channel. */
export class Poster {
  readonly #deps: PosterDeps;
  readonly #deliveries: DeliveryTracker;
  readonly #queue = new MessageQueue();
  readonly #lanes: Lanes;
  readonly #alarm: Alarm;
  /** Who wants to know what became of the next letters. */
  readonly #waiting = new Set<Alarm>();
  /** In how many milliseconds messages may be edited whose newer state waits. */
  readonly #tooSoon: number[] = [];
  #stopping = false;
  #done: Promise<void> = Promise.resolve();

  constructor(deps: PosterDeps) {
    this.#deps = deps;
    this.#deliveries = new DeliveryTracker(deps.outbox, deps.log);
    this.#lanes = new Lanes(deps.clock, deps.reach);
    this.#alarm = new Alarm(deps.clock);
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Something was put into the outbox. */
  wake(): void {
    this.#alarm.ring();
  }

  showProgress(id: ReleaseId, progress: Progress | null): void {
    this.#deps.cards.note(id, progress);
    this.#alarm.ring();
  }

  /**
   * Why a release's message is not in its channel, once that is known; undefined when it stands there, or when `withinMs`
   * are over and nothing keeps it.
   */
  async untold(id: ReleaseId, withinMs: number): Promise<string | undefined> {
    const { clock, journal, config, cards, reach } = this.#deps;
    const release = journal.release(id);
    if (release === undefined) return undefined;
    const channel = channelFor(config, release.service);
    const before = this.#lanes.refusals(channel);
    const until = clock.now().mono + withinMs;
    const news = new Alarm(clock);
    this.#waiting.add(news);
    this.#lanes.tryAgain(channel);
    this.#alarm.ring();
    try {
      while (cards.placeOf(release) === undefined) {
        if (this.#lanes.refusals(channel) > before) return reach.whyAway(channel).join(' ');
        const rest = until - clock.now().mono;
        if (rest <= 0) return undefined;
        await news.sleep(rest);
      }
      return undefined;
    } finally {
      this.#waiting.delete(news);
    }
  }

  /** Tells what can be told now, and resolves; what cannot stays in the outbox. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    const limit = new AbortController();
    const late = this.#deps.clock.sleep(stopMs, limit.signal).catch(() => undefined);
    await Promise.race([this.#done, late]);
    limit.abort();
  }

  async #run(): Promise<void> {
    for (;;) {
      const told = await this.#round().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'the outbox cannot be worked on');
        return false;
      });
      for (const news of this.#waiting) news.ring();
      if (told) {
        // However much waits, others get their turn.
        await immediate();
        continue;
      }
      if (this.#stopping) return;
      await this.#alarm.sleep(this.#restMs());
    }
  }

  /** One message of every channel that does not rest, then the cards with news. True: something was told, or more waits. */
  async #round(): Promise<boolean> {
    let told = this.#takeArrivals();
    this.#tooSoon.length = 0;
    for (const channel of this.#queue.channels) {
      if (!this.#lanes.isOpen(channel)) continue;
      const next = this.#proved(this.#queue.next(channel, (item) => this.#mayGo(item)));
      if (next === undefined) continue;
      if (!(await this.#tell(next, channel))) continue;
      this.#queue.remove(channel, next);
      told = true;
    }
    for (const { id, inMs } of this.#deps.cards.due()) {
      if (inMs === 0) await this.#showNews(id);
    }
    return told;
  }

  /** How long nothing can be due. */
  #restMs(): number {
    const edits = [...this.#deps.cards.due().map(({ inMs }) => inMs), ...this.#tooSoon];
    return Math.max(10, Math.min(idleMs, ...this.#lanes.rests(), ...edits));
  }

  /** A message is not edited for every row: what comes meanwhile is shown with it. The last edits wait for nothing. */
  #mayGo({ kind, release: id }: OutboxItem): boolean {
    if (kind !== 'card' || id === undefined || this.#stopping) return true;
    const inMs = this.#deps.cards.stateInMs(id, this.#deps.journal.release(id));
    if (inMs > 0) this.#tooSoon.push(inMs);
    return inMs === 0;
  }

  #takeArrivals(): boolean {
    const arrivals = this.#deliveries.arrivals();
    for (const item of arrivals) {
      this.#queue.add(this.#channelOf(item), item);
      this.#deliveries.arrived(item);
    }
    return arrivals.length > 0;
  }

  /** Only what the journal calls a card is told with another one. */
  #proved(next: NextMessage | undefined): NextMessage | undefined {
    if (next === undefined || next.covers.length === 0) return next;
    const isCard = (item: OutboxItem) => this.#deliveries.announcement(item)?.kind === 'card';
    return { item: next.item, covers: next.covers.filter(isCard) };
  }

  /** True: it needs no telling any more. */
  async #tell({ item, covers }: NextMessage, channel: string): Promise<boolean> {
    const announcement = this.#deliveries.announcement(item);
    if (announcement === undefined) {
      return this.#drop(item, 'the outbox holds a message that its journal row does not say');
    }
    if (announcement.kind === 'channel') return this.#tellOther(item, announcement, undefined);
    const release = this.#deps.journal.release(announcement.release);
    if (release === undefined) {
      return this.#drop(item, 'the outbox tells of a release that the journal does not know');
    }
    return announcement.kind === 'card'
      ? this.#tellCard({ item, covers }, release, channel)
      : this.#tellOther(item, announcement, release);
  }

  #drop(item: OutboxItem, why: string): true {
    this.#deps.log.error({ item }, why);
    this.#deliveries.end(item, null);
    return true;
  }

  /** Shows the newest state; every later card of the same release that waits is told with it. */
  async #tellCard(
    { item, covers }: NextMessage,
    release: Release,
    channel: string,
  ): Promise<boolean> {
    const { cards } = this.#deps;
    const before = cards.placeOf(release);
    const repeated = before === undefined ? this.#markOf(item, covers) : before.repeated;
    const message = await this.#cardOf(release, repeated);
    const place = await this.#deliver(
      before === undefined
        ? { kind: 'post', message, channel }
        : { kind: 'edit', message, of: before, orPost: true },
      { item, covers },
    );
    if (place === undefined) return false;
    const card = { ...place, ...(repeated === undefined ? {} : { repeated }) };
    cards.shown(release, card);
    const moved = before?.ts !== place.ts || before.channel !== place.channel;
    this.#deliveries.end(item, place, moved ? postedRow(release, card) : undefined);
    return true;
  }

  /** A post tells every card that waits: each of them may have been under way. */
  #markOf(item: OutboxItem, covers: readonly OutboxItem[]): string | undefined {
    return [item, ...covers]
      .map((one) => this.#deliveries.markOf(one))
      .find((mark) => mark !== undefined);
  }

  async #tellOther(item: OutboxItem, told: Told, release: Release | undefined): Promise<boolean> {
    const mark = this.#deliveries.markOf(item);
    const service = told.kind === 'channel' ? told.service : release?.service;
    const message = announcementMessage(told, {
      ...(release === undefined ? {} : { release }),
      nodes: nodesOf(this.#deps.config, service),
      nodesOf: (name) => nodesOf(this.#deps.config, name),
      ...(mark === undefined ? {} : { repeated: mark }),
    });
    const thread = release === undefined ? undefined : this.#deps.cards.placeOf(release);
    const place = await this.#deliver(
      thread === undefined
        ? { kind: 'post', message, channel: this.#channelOf(item) }
        : { kind: 'reply', message, to: thread, broadcast: told.kind === 'broadcast' },
      { item, covers: [] },
    );
    if (place === undefined) return false;
    this.#deliveries.end(item, place);
    this.#deps.notices.posted(item, told, place, mark);
    return true;
  }

  /** Edits a card for its progress alone: nothing is lost when it fails, so it waits behind everything else. */
  async #showNews(id: ReleaseId): Promise<void> {
    const { cards, journal } = this.#deps;
    const release = journal.release(id);
    if (release === undefined || release.ended !== undefined) return cards.forget(id);
    cards.missed(id);
    const of = cards.placeOf(release);
    if (of === undefined || this.#queue.has(of.channel) || !this.#lanes.isOpen(of.channel)) return;
    const message = await this.#cardOf(release, of.repeated);
    const place = await this.#deliver({ kind: 'edit', message, of, orPost: false });
    if (place !== undefined) cards.shown(release, { ...of, ...place });
  }

  /** The message as it is now: what the nodes have is read after the last write to them. */
  async #cardOf(release: Release, mark: string | undefined): Promise<Message> {
    const { cards, journal } = this.#deps;
    await cards.refresh(release);
    return cards.render(journal.release(release.id) ?? release, mark);
  }

  /** Sends one letter; where that fails, its channel rests. Undefined: it was not told. */
  async #deliver(letter: Letter, next?: NextMessage): Promise<Place | undefined> {
    if (next !== undefined) this.#deliveries.take(next.item, next.covers);
    if (letter.kind === 'edit') this.#deps.cards.editing(letter.of);
    const message = nameCommands(letter.message, this.#deps.names);
    const sent = await sendLetter(this.#deps.client, { ...letter, message }, this.#deps.log);
    const channel = channelOf(letter);
    if (sent.kind === 'told') {
      this.#lanes.told(channel);
      return sent.place;
    }
    this.#lanes.failed(channel, sent.problem);
    const unknown = sent.problem.kind === 'later' && sent.problem.unknown;
    if (next !== undefined) this.#deliveries.fail(next.item, unknown);
    return undefined;
  }

  #channelOf({ release: id, service }: OutboxItem): string {
    const { config, journal, cards } = this.#deps;
    if (id === undefined) return channelFor(config, service);
    const release = journal.release(id);
    const place = release === undefined ? undefined : cards.placeOf(release);
    return place?.channel ?? channelFor(config, service ?? release?.service);
  }
}

/** Where the release's message stands from now on. */
function postedRow(release: Release, { channel, ts, repeated }: CardPlace): Draft {
  return {
    actor: system('slack'),
    release: release.id,
    service: release.service,
    origin: { channel, message: ts },
    what: { kind: 'posted', what: 'card', ...(repeated === undefined ? {} : { repeated }) },
  };
}
