import { readFileSync, rmSync } from 'node:fs';
import type { ServiceState } from '../release/service-state.ts';
import type { JournalKey } from './journal-key.ts';
import type { Head } from './row.ts';
import { writeWhole } from './write-whole.ts';

/** Up to which row the journal was proved, and what its services were then. */
export interface Checkpoint {
  readonly head: Head;
  /** Name and version of the program whose tables were proved. */
  readonly program: string;
  readonly services: readonly ServiceState[];
  /** The head that people were told last. */
  readonly published?: Head;
}

export type ReadCheckpoint =
  | { readonly kind: 'found'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'missing' }
  /** It bears no mark of this journal's key. */
  | { readonly kind: 'forged' };

const purpose = 'checkpoint';

/**
 * `<database>.checkpoint`: the second place in which the journal's head is kept. A start proves only what follows it,
 * and notices where the database ends before it or holds another history.
 */
export class CheckpointFile {
  readonly path: string;
  readonly #key: JournalKey;

  constructor(database: string, key: JournalKey) {
    this.path = `${database}.checkpoint`;
    this.#key = key;
  }

  read(): ReadCheckpoint {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch {
      return { kind: 'missing' };
    }
    const [body = '', mark = ''] = text.split('\n');
    if (!this.#key.isMark(mark, purpose, body)) return { kind: 'forged' };
    return { kind: 'found', checkpoint: JSON.parse(body) as Checkpoint };
  }

  /** Throws what the file system says. */
  write(checkpoint: Checkpoint): void {
    const body = JSON.stringify(checkpoint);
    writeWhole(this.path, `${body}\n${this.#key.mark(purpose, body)}\n`);
  }

  /** The next start proves the whole journal. */
  remove(): void {
    rmSync(this.path, { force: true });
  }
}
