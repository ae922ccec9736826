import type { Reply } from '../commands/command.ts';

/** What the program's end says to a script. */
export const exitCodes = {
  done: 0,
  malfunction: 1,
  usage: 2,
  auditFailed: 3,
  refused: 4,
  needsAttention: 5,
  databaseHeld: 6,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** How a reply ends the program. */
export function exitOf(reply: Reply): ExitCode {
  if (reply.kind === 'refused') return exitCodes.refused;
  return reply.kind === 'malfunction' ? exitCodes.malfunction : exitCodes.done;
}
