import type { Engine } from '../engine.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';

/** An operator has looked at what a proof of the journal found: releases may begin again. */
export function acknowledgeJournal(engine: Engine, because: string, by: By): Answer {
  const { journal, journalFault } = engine.deps;
  if (journalFault() === undefined) {
    return refuse('Refused: the journal is as Pointsman wrote it; nothing of it is locked.');
  }
  const what = { kind: 'journal_acknowledged', reason: because } as const;
  const appended = journal.append(
    [{ actor: by.actor, origin: by.origin, what }],
    by.origin.request,
  );
  const rest = journalFault();
  return answerTo(
    appended,
    rest === undefined
      ? 'The journal counts as it stands: releases may begin again.'
      : `Noted. Releases still wait: ${rest}`,
  );
}
