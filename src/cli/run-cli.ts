import { CommanderError } from 'commander';
import { redact } from '../config/problem.ts';
import { EndsWith } from './ends-with.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Handlers } from './handlers.ts';
import type { Io } from './io.ts';
import { makeProgram } from './program.ts';

/**
 * Runs one command line (without node and script) and gives its exit code. Never rejects, never exits:
 * sentences on stderr, no stack.
 */
export async function runCli(
  argv: readonly string[],
  handlers: Handlers,
  io: Io,
): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.done;
  const program = makeProgram(handlers, io, (code) => {
    exit = code;
  });
  try {
    if (argv.length === 0) {
      io.err(program.helpInformation());
      return exitCodes.usage;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return ofCommander(error, io);
    io.err(`${malfunction(error)}\n`);
    return error instanceof EndsWith ? error.exit : exitCodes.malfunction;
  }
}

function ofCommander(error: CommanderError, io: Io): ExitCode {
  if (error.exitCode === 0) return exitCodes.done;
  if (error.code !== 'commander.help') io.err(`${usageSentence(error.message)}\n`);
  return exitCodes.usage;
}

/** `error: unknown option '--x'` with its suggestion, as a sentence. */
function usageSentence(message: string): string {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const near = /Did you mean (?:one of )?(.+?)\?/.exec(rest.join(' '))?.[1];
  const hint = near === undefined ? 'See `pointsman --help`.' : `Did you mean ${near}?`;
  const sentence = first.replace(/\.*$/, '.');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)} ${hint}`;
}

function malfunction(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return redact(text === '' ? 'Something went wrong and said nothing.' : text);
}
