import { counted, isOrAre } from './counted.ts';
import type { Entry } from './journal-entry.ts';
import { serversOf } from './plan.ts';
import { isServersRelease, type Release } from './release.ts';
import { phaseWords } from './servers-words.ts';

/** What is told to the whole channel of a release of single servers: a needed decision, or that it goes back. */
export function broadcastOfServers(
  { what, actor }: Entry,
  { id, service }: Release,
): string | undefined {
  switch (what.kind) {
    case 'going_back':
      return `${id} is going back, what is out is put back: ${what.why}`;
    case 'return_asked':
      return `${id} is beyond its point of no return: @${actor} wants it taken back, and a second person must, too: \`/release abort ${id}\`.`;
    case 'needs_attention':
      return `${id} needs attention: ${what.why} ${service} is locked meanwhile: Re-apply goes on from there, \`/release abort ${id}\` puts back what is out.`;
    case 'drain_deadline':
      return `${id}: ${counted(what.sessions, 'session')} ${isOrAre(what.sessions)} still there. Wait, or shut them down?`;
    default:
      return undefined;
  }
}

/** A line in the thread per phase of a batch, and for every write that did not go as meant. */
export function noteOfServers({ what, node }: Entry, release: Release): string | undefined {
  if (!isServersRelease(release)) return undefined;
  const { steps } = release.plan;
  switch (what.kind) {
    case 'batch_entered': {
      const step = steps[what.batch];
      // That it is back in shows in the message, and in the batch that follows.
      const told = what.phase === 'drain';
      if (step?.kind !== 'take' || !told) return undefined;
      return `Batch ${what.batch + 1} of ${steps.length}, ${serversOf(step).join(', ')}: ${phaseWords[what.phase]}.`;
    }
    case 'servers_result':
      return what.outcome === 'applied' ? undefined : `${node}: ${what.outcome}: ${what.sentence}`;
    case 'servers_reconciled':
      return what.sentence;
    default:
      return undefined;
  }
}
