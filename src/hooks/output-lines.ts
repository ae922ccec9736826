import { StringDecoder } from 'node:string_decoder';

/** So much of one line is shown, characters. */
const longestLine = 400;
/** So much of one line is looked at: a secret must not be cut in two before it is hidden. */
const longestRaw = 4_000;

/** How much of a hook's output is shown in all; both of its streams draw on it. */
export class OutputBudget {
  #lines = 400;
  #characters = 32_000;
  #told = false;

  get spent(): boolean {
    return this.#lines <= 0 || this.#characters <= 0;
  }

  /** Shows a line as long as there is room, then says once that there is more. */
  show(line: string, say: (line: string) => void): void {
    if (!this.spent) {
      this.#lines -= 1;
      this.#characters -= line.length;
      say(line);
    } else if (!this.#told) {
      this.#told = true;
      say('(more output follows that is not shown)');
    }
  }
}

export interface OutputDeps {
  readonly budget: OutputBudget;
  /** Makes a line fit to be shown. */
  readonly clean: (line: string) => string;
  readonly say: (line: string) => void;
}

/** Cuts what one stream says into lines. Holds a bounded part of it, however long it is. */
export class OutputLines {
  readonly #deps: OutputDeps;
  readonly #decoder = new StringDecoder('utf8');
  #begun = '';
  #last = '';

  constructor(deps: OutputDeps) {
    this.#deps = deps;
  }

  /** The last line that said something, as it may be shown. */
  get last(): string {
    return this.#last;
  }

  push(chunk: Buffer): void {
    // Progress bars draw over their line with a carriage return: each drawing is a line.
    const parts = this.#decoder.write(chunk).split(/[\r\n]+/);
    const rest = parts.pop() ?? '';
    for (const [i, part] of parts.entries()) {
      // Where nothing more is shown only the last line is of interest: a flood is not worth the time.
      if (this.#deps.budget.spent && i < parts.length - 1) {
        this.#begun = '';
        continue;
      }
      this.#add(part);
      this.#finish();
    }
    this.#add(rest);
  }

  /** The stream has ended: what stands there without an end of line is its last one. */
  end(): void {
    this.#add(this.#decoder.end());
    this.#finish();
  }

  #add(text: string): void {
    this.#begun += text.slice(0, longestRaw - this.#begun.length);
  }

  #finish(): void {
    const raw = this.#begun;
    this.#begun = '';
    const line = this.#deps.clean(raw);
    if (line.trim() === '') return;
    this.#last = line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
    this.#deps.budget.show(this.#last, this.#deps.say);
  }
}
