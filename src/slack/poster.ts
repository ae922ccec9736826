import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { NameOf } from '../commands/command-names.ts';
import type { Config } from '../config/config.ts';
import type { Clock, Journal, OutboxItem, Progress } from '../engine/ports.ts';
import type { Announcement } from '../release/announcement.ts';
import type { Draft } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import { type ReleaseId, system } from '../release/vocabulary.ts';
import { Alarm } from './alarm.ts';
import { announcementMessage, type Told } from './announcement-message.ts';
import type { CardDesk } from './card-desk.ts';
import { channelFor, nodesOf } from './channels.ts';
import { Lanes } from './lanes.ts';
import { Ledger } from './ledger.ts';
import { nameCommands } from './name-commands.ts';
import type { OutboxStore, Place } from './outbox-store.ts';
import type { Reach } from './reach.ts';
import { channelOf, type Letter, sendLetter } from './send-letter.ts';

export interface PosterDeps {
  readonly client: WebClient;
  readonly outbox: OutboxStore;
  readonly journal: Pick<Journal, 'release'>;
  readonly cards: CardDesk;
  readonly names: NameOf;
  readonly config: Pick<Config, 'slack' | 'services' | 'fleets'>;
  readonly clock: Clock;
  readonly reach: Reach;
  readonly log: Logger;
}

const idleMs = 1_000;
const stopMs = 5_000;

/** Tells people what the outbox holds: one loop, in order within a channel, nothing lost. */
export class Poster {
  readonly #deps: PosterDeps;
  readonly #ledger: Ledger;
  readonly #lanes: Lanes;
  readonly #alarm: Alarm;
  /** Who wants to know what became of the next letters. */
  readonly #waiting = new Set<Alarm>();
  #stopping = false;
  #done: Promise<void> = Promise.resolve();

  constructor(deps: PosterDeps) {
    this.#deps = deps;
    this.#ledger = new Ledger(deps.outbox, deps.log);
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
      if (told) continue;
      if (this.#stopping) return;
      await this.#alarm.sleep(this.#restMs());
    }
  }

  /** The oldest message of every channel that does not rest, then the cards with news. True: something was told. */
  async #round(): Promise<boolean> {
    const pending = this.#ledger.pending();
    const lines = this.#byChannel(pending);
    let told = false;
    for (const [channel, [oldest]] of lines) {
      if (oldest === undefined || !this.#lanes.isOpen(channel)) continue;
      told = (await this.#tell(oldest, pending, channel)) || told;
    }
    for (const { id, inMs } of this.#deps.cards.due()) {
      if (inMs === 0) await this.#showNews(id, lines);
    }
    return told;
  }

  #byChannel(pending: readonly OutboxItem[]): ReadonlyMap<string, readonly OutboxItem[]> {
    const lines = new Map<string, OutboxItem[]>();
    const known = new Map<string, string>();
    for (const item of pending) {
      const { announcement } = item;
      const subject =
        announcement.kind === 'channel' ? `/${announcement.service}` : announcement.release;
      const channel = known.get(subject) ?? this.#channelOf(announcement);
      known.set(subject, channel);
      lines.set(channel, [...(lines.get(channel) ?? []), item]);
    }
    return lines;
  }

  /** How long nothing can be due. */
  #restMs(): number {
    const edits = this.#deps.cards.due().map(({ inMs }) => inMs);
    return Math.max(10, Math.min(idleMs, ...this.#lanes.rests(), ...edits));
  }

  async #tell(item: OutboxItem, pending: readonly OutboxItem[], channel: string): Promise<boolean> {
    const { announcement } = item;
    if (announcement.kind === 'channel') return this.#tellOther(item, announcement, undefined);
    const release = this.#deps.journal.release(announcement.release);
    if (release === undefined) {
      this.#deps.log.error(
        { item },
        'the outbox tells of a release that the journal does not know',
      );
      this.#ledger.end(item, null);
      return true;
    }
    return announcement.kind === 'card'
      ? this.#tellCard(item, release, pending, channel)
      : this.#tellOther(item, announcement, release);
  }

  /** Shows the newest state; every later card of the same release that waits is told with it. */
  async #tellCard(
    item: OutboxItem,
    release: Release,
    pending: readonly OutboxItem[],
    channel: string,
  ): Promise<boolean> {
    const { cards } = this.#deps;
    const before = cards.placeOf(release);
    const mark = before === undefined ? this.#ledger.markOf(item) : undefined;
    const message = cards.render(release, mark);
    const place = await this.#deliver(
      before === undefined
        ? { kind: 'post', message, channel }
        : { kind: 'edit', message, of: before, orPost: true },
      item,
    );
    if (place === undefined) return false;
    cards.shown(release, place);
    const moved = before?.ts !== place.ts || before.channel !== place.channel;
    this.#ledger.end(item, place, moved ? postedRow(release, place) : undefined);
    for (const other of laterCards(pending, item, release)) this.#ledger.end(other, place);
    return true;
  }

  async #tellOther(item: OutboxItem, told: Told, release: Release | undefined): Promise<boolean> {
    const mark = this.#ledger.markOf(item);
    const service = told.kind === 'channel' ? told.service : release?.service;
    const message = announcementMessage(told, {
      ...(release === undefined ? {} : { release }),
      nodes: nodesOf(this.#deps.config, service),
      ...(mark === undefined ? {} : { repeated: mark }),
    });
    const thread = release === undefined ? undefined : this.#deps.cards.placeOf(release);
    const place = await this.#deliver(
      thread === undefined
        ? { kind: 'post', message, channel: this.#channelOf(told) }
        : { kind: 'reply', message, to: thread, broadcast: told.kind === 'broadcast' },
      item,
    );
    if (place === undefined) return false;
    this.#ledger.end(item, place);
    return true;
  }

  /** Edits a card for its progress alone: nothing is lost when it fails, so it waits behind everything else. */
  async #showNews(id: ReleaseId, lines: ReadonlyMap<string, readonly OutboxItem[]>): Promise<void> {
    const { cards, journal } = this.#deps;
    const release = journal.release(id);
    if (release === undefined || release.ended !== undefined) return cards.forget(id);
    cards.missed(id);
    const of = cards.placeOf(release);
    if (of === undefined || lines.has(of.channel) || !this.#lanes.isOpen(of.channel)) return;
    const message = cards.render(release, undefined);
    const place = await this.#deliver({ kind: 'edit', message, of, orPost: false });
    if (place !== undefined) cards.shown(release, place);
  }

  /** Sends one letter; where that fails, its channel rests. Undefined: it was not told. */
  async #deliver(letter: Letter, item?: OutboxItem): Promise<Place | undefined> {
    if (item !== undefined) this.#ledger.take(item);
    const message = nameCommands(letter.message, this.#deps.names);
    const sent = await sendLetter(this.#deps.client, { ...letter, message }, this.#deps.log);
    const channel = channelOf(letter);
    if (sent.kind === 'told') {
      this.#lanes.told(channel);
      return sent.place;
    }
    this.#lanes.failed(channel, sent.problem);
    const unknown = sent.problem.kind === 'later' && sent.problem.unknown;
    if (item !== undefined) this.#ledger.fail(item, unknown);
    return undefined;
  }

  #channelOf(announcement: Announcement): string {
    const { config, journal, cards } = this.#deps;
    if (announcement.kind === 'channel') return channelFor(config, announcement.service);
    const release = journal.release(announcement.release);
    const place = release === undefined ? undefined : cards.placeOf(release);
    return place?.channel ?? channelFor(config, release?.service);
  }
}

/** Where the release's message stands from now on. */
function postedRow(release: Release, { channel, ts }: Place): Draft {
  return {
    actor: system('slack'),
    release: release.id,
    service: release.service,
    origin: { channel, message: ts },
    what: { kind: 'posted', what: 'card' },
  };
}

function laterCards(
  pending: readonly OutboxItem[],
  { id: told }: OutboxItem,
  release: Release,
): readonly OutboxItem[] {
  return pending.filter(
    ({ id, announcement }) =>
      id !== told && announcement.kind === 'card' && announcement.release === release.id,
  );
}
