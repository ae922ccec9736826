import { system } from '../release/vocabulary.ts';
import type { Clock, Journal } from './ports.ts';

const dayMs = 86_400_000;

export interface AnchorDeps {
  readonly journal: Pick<Journal, 'append'>;
  /** The newest row; undefined while there is none. */
  readonly head: () => { readonly seq: number; readonly hash: string } | undefined;
  readonly clock: Clock;
  readonly reportError: (error: unknown, doing: string) => void;
}

/**
 * Puts the journal's head where the database cannot reach, once a day at midnight UTC: a chain alone does not show
 * a cut tail or a rewritten whole. Ends when the signal aborts.
 */
export async function anchorDaily(deps: AnchorDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const now = Date.parse(deps.clock.now().at);
    const untilMidnight = dayMs - (now % dayMs);
    await deps.clock.sleep(untilMidnight, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      anchor(deps);
    } catch (error) {
      deps.reportError(error, 'anchoring the journal');
    }
  }
}

function anchor({ journal, head }: AnchorDeps): void {
  const newest = head();
  if (newest === undefined) return;
  journal.append([
    {
      actor: system('anchor'),
      what: { kind: 'anchored', anchorSeq: newest.seq, anchorHash: newest.hash },
    },
  ]);
}
