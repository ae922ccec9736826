import type { ServiceState } from '../release/service-state.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Head } from './row.ts';

/** How many rows a start has to prove at most, where the program was killed. */
const everyRows = 500;

/** Keeps the checkpoint of a running program near the journal's head. */
export class CheckpointKeeper {
  readonly #file: CheckpointFile;
  readonly #program: string;
  readonly #say: (sentence: string) => void;
  #last: number;
  #published: Head | undefined;
  #failed = false;
  #forgotten = false;

  constructor(
    file: CheckpointFile,
    program: string,
    say: (sentence: string) => void,
    { last, published }: { readonly last: number; readonly published: Head | undefined },
  ) {
    this.#file = file;
    this.#program = program;
    this.#say = say;
    this.#last = last;
    this.#published = published;
  }

  get published(): Head | undefined {
    return this.#published;
  }

  isDue({ seq }: Head): boolean {
    return !this.#forgotten && seq - this.#last >= everyRows;
  }

  /** Without it the next start only takes longer: what hinders it is said once. */
  note(head: Head, services: readonly ServiceState[], published?: Head): void {
    if (head.seq === 0 || this.#forgotten) return;
    this.#published = published ?? this.#published;
    this.#last = head.seq;
    const { path } = this.#file;
    try {
      this.#file.write({
        head,
        program: this.#program,
        services,
        ...(this.#published === undefined ? {} : { published: this.#published }),
      });
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#say(`${path} could not be written: ${(error as Error).message}.`);
      this.#failed = true;
    }
  }

  /** The next start proves the whole journal. */
  forget(): void {
    this.#forgotten = true;
    this.#file.remove();
  }
}
