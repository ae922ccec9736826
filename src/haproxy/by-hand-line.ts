import type { CommandLine } from './command-line.ts';
import { socatAddress } from './runtime-address.ts';

/** The line a person types on the node's host to say a command: what a shell could misread stands in single quotes. */
export function saidByHand(command: CommandLine, runtime: string): string {
  // `echo` of some shells takes a backslash for more than a backslash.
  const say = /^[A-Za-z0-9 _.:;/@#-]+$/.test(command)
    ? `echo "${command}"`
    : `printf '%s\\n' ${inQuotes(command)}`;
  return `${say} | socat stdio ${socatAddress(runtime)}`;
}

/** One word for a shell, whatever it holds. */
export function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
