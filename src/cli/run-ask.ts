import type { Reply } from '../commands/command.ts';
import { helpLines } from '../commands/help-lines.ts';
import { parse } from '../commands/parse.ts';
import { type ExitCode, exitCodes, exitOf } from './exit-codes.ts';
import type { End } from './follow.ts';
import type { AskHandler, AskVerb, Common, Handlers, Tell } from './handlers.ts';
import { inGrammar, onHost } from './host-names.ts';
import type { Io } from './io.ts';
import { lookOf, plain, said } from './look.ts';
import { showReply } from './show-reply.ts';

/** Reads the words with the grammar of Slack's commands, asks, and shows the reply. */
export async function runAsk(
  asked: Common & { readonly name: AskVerb; readonly words: readonly string[] },
  { handler, load }: { readonly handler: AskHandler } & Pick<Handlers, 'load'>,
  io: Io,
): Promise<ExitCode> {
  const { name, words, config, json } = asked;
  const { word, text } = inGrammar(name, words);
  const command = parse(word, text, io, io.now());
  if (command.kind === 'misunderstood') {
    io.err(`${onHost(command.sentence).replaceAll('`', "'")}\n`);
    return exitCodes.usage;
  }
  if (command.kind === 'help') {
    const loaded = load(config);
    const known = loaded.kind === 'config' ? loaded.config : undefined;
    return print({ ...command, lines: helpLines(command.topic, known) }, json, io);
  }
  const teller = new Teller(json, io);
  try {
    return await handler({ config, json, word, text, command }, teller.tell);
  } finally {
    teller.flush();
  }
}

/** Says things as they come; for a program, what is followed is one object: the reply, and in `end` how it rests. */
class Teller {
  readonly tell: Tell;
  readonly #json: boolean;
  readonly #io: Io;
  #held: Reply | undefined;

  constructor(json: boolean, io: Io) {
    this.#json = json;
    this.#io = io;
    this.tell = {
      reply: (reply) => this.#reply(reply),
      note: (sentence) => io.err(`${said(lookOf(io), sentence)}\n`),
      end: (end) => this.#end(end),
      progress: (line, done, total) => {
        if (!json) io.out(`${io.terminal ? `${bar(done, total)} ` : ''}${plain(line)}\n`);
      },
    };
  }

  /** What was cut off before its end is said all the same. */
  flush(): void {
    if (this.#held !== undefined) print(this.#held, true, this.#io);
    this.#held = undefined;
  }

  #reply(reply: Reply): ExitCode {
    const isFollowed = reply.kind === 'done' && reply.release !== undefined;
    if (!this.#json || !isFollowed) return print(reply, this.#json, this.#io);
    this.#held = reply;
    return exitOf(reply);
  }

  #end(end: End): void {
    if (this.#held !== undefined) {
      this.#io.out(asJson({ ...this.#held, end }));
      this.#held = undefined;
      return;
    }
    const write = end.state === 'unknown' ? this.#io.err : this.#io.out;
    const words = end.sentence === '' ? [] : [end.sentence];
    for (const line of [
      ...words.map((line) => said(lookOf(this.#io), line)),
      ...end.byHand.map(plain),
    ])
      write(`${line}\n`);
  }
}

const barWidth = 20;

function bar(done: number, total: number): string {
  const full = total === 0 ? barWidth : Math.round((done / total) * barWidth);
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}

function print(reply: Reply, json: boolean, io: Io): ExitCode {
  const exit = exitOf(reply);
  if (json) {
    io.out(asJson(reply));
    return exit;
  }
  const text = showReply(lookOf(io), reply)
    .map((line) => `${line}\n`)
    .join('');
  // A status is an answer, also where no node gave one.
  (exit === exitCodes.done || exit === exitCodes.needsAttention ? io.out : io.err)(text);
  return exit;
}

const sentences: ReadonlySet<string> = new Set(['text', 'sentence', 'why']);

/** Data for a program, its sentences as on a terminal. */
function asJson(value: unknown): string {
  const named = (key: string, one: unknown) =>
    sentences.has(key) && typeof one === 'string' ? onHost(one) : one;
  return `${JSON.stringify(value, named, 2)}\n`;
}
