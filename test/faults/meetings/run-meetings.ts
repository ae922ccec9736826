import { compiled } from '../../support/compiled.ts';
import { Lanes, type Lost } from '../kills/lanes.ts';
import { fixtureOf } from './fixture-of.ts';
import { playMeeting } from './play-meeting.ts';
import { type Kind, type Play, playsOf } from './trouble.ts';

export interface MeetingPlan {
  readonly kind: Kind;
  readonly route: string;
  /** Fleets at once. */
  readonly lanes: number;
  /** Every n-th play of the kind. */
  readonly every: number;
  /** Words of the plays that are wanted; all of them. */
  readonly only?: string;
  readonly say?: (line: string) => void;
}

export interface MeetingReport {
  readonly plays: number;
  readonly lost: readonly Lost[];
  readonly violations: readonly string[];
}

/** Plays every meeting of a kind on a route, and judges each. */
export async function runMeetings(plan: MeetingPlan): Promise<MeetingReport> {
  const { kind, route, every, only = '' } = plan;
  const script = compiled('test/faults/engine-process/program.ts');
  const lanes = new Lanes(plan.lanes, () => fixtureOf(route));
  const plays = playsOf(kind, route)
    .filter(({ name }) => name.includes(only))
    .filter((_, i) => i % every === 0);
  const violations: string[] = [];
  let done = 0;
  try {
    const lost = await lanes.spread(plays, nameOf, async (fixture, play) => {
      const found = await playMeeting(fixture, script, play);
      violations.push(...found.map((why) => `${play.name}: ${why}`));
      for (const why of found) plan.say?.(`! ${play.name}: ${why}`);
      if (found.length === 0) fixture.tidy();
      done += 1;
      if (done % 10 === 0)
        plan.say?.(`${done} of ${plays.length}, ${violations.length} violations`);
    });
    return { plays: plays.length, lost, violations };
  } finally {
    await lanes.end();
  }
}

function nameOf({ name }: Play): string {
  return name;
}
