import { setImmediate as turn } from 'node:timers/promises';
import type { Draft, DriftNotice } from '../release/journal-entry.ts';
import { type ServiceName, system } from '../release/vocabulary.ts';
import type { DriftEvent } from './drift-events.ts';
import { noticesOf, type RoundEvent } from './drift-notices.ts';
import type { Engine } from './engine.ts';
import { isSameStand, type Stand, standOf } from './journal-stand.ts';

/** A row is a commit's work: no more at once than the event loop bears. */
const rowsAtOnce = 50;

interface Pending {
  readonly service: ServiceName;
  readonly event: DriftEvent;
  /** Where the journal had the service when the event was judged. */
  readonly stand: Stand;
  /** Forgets that it was seen: the next round tells it. */
  readonly undo: () => void;
}

/** What one round of the drift watch found: journaled together, and told together. */
export class DriftRound {
  readonly #engine: Engine;
  #pending: Pending[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  add(pending: Pending): void {
    this.#pending.push(pending);
  }

  /** Journals what was found. What was judged by a journal that has moved on since is left to the next round. */
  async tell(): Promise<void> {
    const found = this.#pending;
    this.#pending = [];
    const loose = found.filter(({ stand }) => stand.open === undefined);
    const notices = noticesOf(loose.map((one) => this.#roundEvent(one)));
    const noticeOf = new Map(loose.map((one, i) => [one, notices[i]]));
    for (let i = 0; i < found.length; i += rowsAtOnce) {
      if (i > 0) await turn();
      this.#append(found.slice(i, i + rowsAtOnce), noticeOf);
    }
  }

  #append(
    found: readonly Pending[],
    noticeOf: ReadonlyMap<Pending, DriftNotice | 'elsewhere' | undefined>,
  ): void {
    const holds = found.filter((one) => {
      const same = isSameStand(one.stand, standOf(this.#engine, one.service));
      if (!same) one.undo();
      return same;
    });
    if (holds.length === 0) return;
    try {
      this.#engine.deps.journal.append(holds.map((one) => rowOf(one, noticeOf.get(one))));
    } catch (error) {
      for (const { undo } of holds) undo();
      throw error;
    }
  }

  #roundEvent({ service, event }: Pending): RoundEvent {
    const { config, journal } = this.#engine.deps;
    const known = config.services.get(service);
    const { wayBack } = journal.service(service);
    return {
      service,
      channel: known?.channel ?? config.slack.channel,
      fleet: known?.target.nodes.map(({ node }) => node) ?? [],
      event,
      // Where a rollback would go, it is that rollback; anywhere else it names a side.
      acceptNeeds:
        wayBack !== undefined && wayBack.to === event.choice?.accept ? 'releaser' : 'operator',
    };
  }
}

function rowOf(
  { service, event, stand: { open } }: Pending,
  notice: DriftNotice | 'elsewhere' | undefined,
): Draft {
  const { node, kind, ...what } = event;
  return {
    actor: system('drift-watch'),
    service,
    ...(open === undefined ? {} : { release: open.id }),
    node,
    what: { kind, ...what, ...(notice === undefined ? {} : { notice }) },
  };
}
