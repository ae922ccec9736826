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
  if (isSilent(reply)) return exitCodes.needsAttention;
  return reply.kind === 'malfunction' ? exitCodes.malfunction : exitCodes.done;
}

/** A status in which some service has no node that answers: nobody knows how it stands. */
function isSilent(reply: Reply): boolean {
  switch (reply.kind) {
    case 'service':
      return noneAnswers(reply.status.nodes);
    case 'servers':
      return noneAnswers(reply.status.nodes);
    case 'overview':
      return (
        reply.services.some(({ nodes }) => noneAnswers(nodes)) ||
        (reply.servers ?? []).some(({ nodes }) => noneAnswers(nodes))
      );
    default:
      return false;
  }
}

function noneAnswers(nodes: readonly { readonly reading: { readonly kind: string } }[]): boolean {
  return nodes.length > 0 && nodes.every(({ reading }) => reading.kind === 'unreachable');
}
