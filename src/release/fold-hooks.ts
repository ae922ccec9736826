import type { Entry } from './journal-entry.ts';
import type { Release } from './release.ts';

const nobodyLeft = { sessions: 0, stragglers: [], asking: false } as const;

/** What a row about hooks changes of its release; undefined where it is about something else. */
export function changeOfHooks(release: Release, entry: Entry): Partial<Release> | undefined {
  const { what, instant, seq, actor } = entry;
  const { hooks = [] } = release;
  switch (what.kind) {
    case 'hook_started':
      return {
        hooks: [
          ...hooks,
          {
            seq,
            point: what.point,
            ...(what.server === undefined ? {} : { server: what.server }),
            attempt: what.attempt,
            command: what.command,
            at: instant.at,
            again: false,
          },
        ],
        ...(what.pointOfNoReturn ? { noReturn: what.point } : {}),
        // It runs, so nobody was left: there is nothing to answer any more.
        ...(release.state === 'deploying' ? { drain: nobodyLeft } : {}),
      };
    case 'hook_ended':
      return {
        hooks: hooks.map((run) =>
          run.seq === what.hook
            ? { ...run, ended: { outcome: what.outcome, sentence: what.sentence, ms: what.ms } }
            : run,
        ),
      };
    case 'return_asked':
      return {
        returnAsked: { by: actor, at: instant },
        decisions: [
          ...release.decisions,
          `@${actor} wants it taken back: a second person must, too`,
        ],
      };
    default:
      return undefined;
  }
}

/** Re-apply is a person's word that what failed, or was in doubt, is to be run again. */
export function runAgain({ hooks }: Release): Partial<Release> {
  if (hooks === undefined) return {};
  return {
    hooks: hooks.map((run) =>
      run.ended === undefined || run.ended.outcome === 'succeeded' ? run : { ...run, again: true },
    ),
  };
}

/** A plan made anew is checked anew: what was done only for the switch that did not come is done again for the next. */
export function withoutBeforeSwitch({ hooks }: Release): Partial<Release> {
  return hooks === undefined
    ? {}
    : { hooks: hooks.filter(({ point }) => point !== 'before_switch') };
}
