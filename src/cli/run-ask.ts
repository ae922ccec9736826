import type { Reply } from '../commands/command.ts';
import { helpLines } from '../commands/help-lines.ts';
import { parse } from '../commands/parse.ts';
import type { Topic } from '../commands/typed-line.ts';
import { type ExitCode, exitCodes, exitOf } from './exit-codes.ts';
import type { Asked, AskVerb, Common, Tell } from './handlers.ts';
import type { Io } from './io.ts';
import { lookOf, plain } from './look.ts';
import { showReply } from './show-reply.ts';

/** Reads the words with the grammar of Slack's commands, asks, and shows the reply. */
export async function runAsk(
  asked: Common & { readonly name: AskVerb; readonly words: readonly string[] },
  handler: (asked: Asked, tell: Tell) => Promise<ExitCode>,
  io: Io,
): Promise<ExitCode> {
  const { name, words, config, json } = asked;
  const word: Topic = name === 'status' || name === 'rollback' ? name : 'release';
  // finish, accept, abort, settle, drain, maint and ready are words of /release.
  const text = name === word ? words.join(' ') : [name, ...words].join(' ');
  const typed = name === word ? `pointsman ${name}` : 'pointsman';
  const command = parse(word, text, io, io.now(), { name: typed });
  if (command.kind === 'misunderstood') {
    io.err(`${command.sentence.replaceAll('`', "'")}\n`);
    return exitCodes.usage;
  }
  if (command.kind === 'help') {
    return print({ ...command, lines: helpLines(command.topic, typed) }, json, io);
  }
  return handler(
    { config, json, word, text, command },
    {
      reply: (reply) => print(reply, json, io),
      line: (line) => {
        if (!json) io.out(`${plain(line)}\n`);
      },
      progress: (line, done, total) => {
        if (!json) io.out(`${io.terminal ? `${bar(done, total)} ` : ''}${plain(line)}\n`);
      },
    },
  );
}

const barWidth = 20;

function bar(done: number, total: number): string {
  const full = total === 0 ? barWidth : Math.round((done / total) * barWidth);
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}

function print(reply: Reply, json: boolean, io: Io): ExitCode {
  const exit = exitOf(reply);
  if (json) {
    io.out(`${JSON.stringify(reply, null, 2)}\n`);
    return exit;
  }
  const text = showReply(lookOf(io), reply)
    .map((line) => `${line}\n`)
    .join('');
  (exit === exitCodes.done ? io.out : io.err)(text);
  return exit;
}
