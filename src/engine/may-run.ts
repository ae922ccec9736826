import { mayExecute } from '../policy/may-execute.ts';
import { personOf } from '../policy/same-person.ts';
import type { RunContext } from './run-context.ts';

/** Asks the rules once more at the moment of execution: roles, approvals, holds, and whether people can be told. */
export async function mayRunNow(context: RunContext): Promise<string | undefined> {
  const { deps, anyRelease: release } = context;
  const people = [release.requester, ...release.approvals.map(({ by }) => by)];
  const standings = await Promise.all(
    [...new Set(people)].map((who) => deps.standingOf(who, 'fresh')),
  );
  return mayExecute({
    release: context.anyRelease,
    standings: new Map(standings.map((standing) => [standing.actor, standing])),
    hold: deps.journal.service(release.service).hold,
    personOf: (who) => personOf(deps.config, who),
    channelAwayMs: deps.channelAwayMs(release.service),
    journalFault: deps.journalFault(),
  });
}
