import type { OutboxItem } from '../engine/ports.ts';

/** What one channel is told next: the message, and newer cards of its release that are told with it. */
export interface NextMessage {
  readonly item: OutboxItem;
  readonly covers: readonly OutboxItem[];
}

/**
 * The messages that wait, by channel. Nothing overtakes within a release or a service; among them a release's messages
 * come first, then questions, then notices, and the oldest first. Adding and removing one costs the same however many
 * wait.
 */
export class MessageQueue {
  readonly #channels = new Map<string, Map<string, Subject>>();

  add(channel: string, item: OutboxItem): void {
    const subjects = this.#channels.get(channel) ?? new Map<string, Subject>();
    this.#channels.set(channel, subjects);
    const name = subjectOf(item);
    const subject = subjects.get(name) ?? new Subject();
    subjects.set(name, subject);
    subject.add(item);
  }

  /** The channels that something waits for. */
  get channels(): readonly string[] {
    return [...this.#channels.keys()];
  }

  has(channel: string): boolean {
    return this.#channels.has(channel);
  }

  /** `mayGo`: whether a message may be told now; what stands behind it in its release waits with it. */
  next(
    channel: string,
    mayGo: (item: OutboxItem) => boolean = () => true,
  ): NextMessage | undefined {
    let first: Subject | undefined;
    for (const subject of this.#channels.get(channel)?.values() ?? []) {
      const head = subject.next?.item;
      if (head === undefined || !mayGo(head)) continue;
      if (first === undefined || subject.goesBefore(first)) first = subject;
    }
    return first?.next;
  }

  /** Takes out what was told. */
  remove(channel: string, told: NextMessage): void {
    const subjects = this.#channels.get(channel);
    const name = subjectOf(told.item);
    const subject = subjects?.get(name);
    if (subjects === undefined || subject === undefined) return;
    subject.remove(told);
    if (subject.next === undefined) subjects.delete(name);
    if (subjects.size === 0) this.#channels.delete(channel);
  }
}

function subjectOf({ release, service }: OutboxItem): string {
  return release ?? `/${service ?? ''}`;
}

/** What is told in order: a release's card with its thread, or the notices of one service. */
class Subject {
  #items: OutboxItem[] = [];
  /** Those before it are told. */
  #first = 0;
  #questions = 0;

  add(item: OutboxItem): void {
    this.#items.push(item);
    if (item.kind === 'question') this.#questions += 1;
  }

  get next(): NextMessage | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    const covers =
      item.kind === 'card'
        ? this.#items.slice(this.#first + 1).filter(({ kind }) => kind === 'card')
        : [];
    return { item, covers };
  }

  remove({ item, covers }: NextMessage): void {
    if (this.#items[this.#first] !== item) return;
    this.#first += 1;
    if (item.kind === 'question') this.#questions -= 1;
    if (covers.length === 0 && this.#first < 1_000) return;
    const told = new Set(covers);
    this.#items = this.#items.slice(this.#first).filter((waiting) => !told.has(waiting));
    this.#first = 0;
  }

  goesBefore(other: Subject): boolean {
    if (this.#urgency !== other.#urgency) return this.#urgency < other.#urgency;
    return this.#id < other.#id;
  }

  /** A question brings the older notices of its service with it: they go in order. */
  get #urgency(): number {
    if (this.#items[this.#first]?.release !== undefined) return 0;
    return this.#questions > 0 ? 1 : 2;
  }

  get #id(): number {
    return this.#items[this.#first]?.id ?? 0;
  }
}
