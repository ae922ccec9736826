import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import type { ServiceName } from '../release/vocabulary.ts';
import type { Engine } from './engine.ts';

/** Where the journal has a service: by what a reading must be judged. */
export interface Stand {
  readonly open: Release | undefined;
  readonly lastNumber: number;
  /** The newest intent of the newest release. */
  readonly written: number | undefined;
}

export function standOf(engine: Engine, service: ServiceName): Stand {
  const { journal } = engine.deps;
  const { lastNumber } = journal.service(service);
  const rows = journal.rowsOf(`${service}-${lastNumber}`);
  const written = rows.findLast(isIntent)?.seq;
  return { open: engine.openRelease(service), lastNumber, written };
}

function isIntent({ what }: Entry): boolean {
  return what.kind === 'intent' || what.kind === 'servers_intent';
}

/** False: something was decided or written in between. */
export function isSameStand(one: Stand, other: Stand): boolean {
  return (
    one.open?.state === other.open?.state &&
    (one.open?.goingBack === undefined) === (other.open?.goingBack === undefined) &&
    one.lastNumber === other.lastNumber &&
    one.written === other.written
  );
}
