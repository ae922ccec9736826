import { fixtureOf } from '../faults/meetings/fixture-of.ts';
import type { Meeting } from '../faults/meetings/meetings.ts';
import { meetingsOn } from '../faults/meetings/meetings.ts';
import { playMeeting } from '../faults/meetings/play-meeting.ts';
import { playOf, type Trouble } from '../faults/meetings/trouble.ts';
import { compiled } from '../support/compiled.ts';
import type { Dice } from './dice.ts';
import type { SoakReport } from './soak-report.ts';

export interface RouteSoak {
  readonly route: string;
  readonly minutes: number;
  readonly dice: Dice;
  readonly count: (what: string) => void;
}

/** Random meetings and troubles on one route until the time is over, or something is violated. */
export async function soakOn({ route, minutes, dice, count }: RouteSoak): Promise<SoakReport> {
  const script = compiled('test/faults/engine-process/program.ts');
  const { pairs, twice, singles } = meetingsOn(route);
  const meetings = [...pairs, ...twice, ...singles];
  const fixture = await fixtureOf(route);
  const end = performance.now() + minutes * 60_000;
  let rounds = 0;
  try {
    for (; performance.now() < end; rounds += 1) {
      const play = playOf(meetingFrom(dice, meetings), troubleFrom(dice));
      count(play.trouble.kind);
      const found = await playMeeting(fixture, script, play);
      if (found.length > 0) {
        return { rounds, violations: found.map((why) => `${play.name}: ${why}`) };
      }
      fixture.tidy();
    }
    return { rounds, violations: [] };
  } finally {
    await fixture.end();
  }
}

function meetingFrom(dice: Dice, meetings: readonly Meeting[]): Meeting {
  const meeting = dice.pick(meetings);
  const gap = dice.below(25);
  return meeting.gap === 'answered' ? meeting : { ...meeting, gap };
}

function troubleFrom(dice: Dice): Trouble {
  const kind = dice.pick(['none', 'slow', 'slow', 'kill', 'held'] as const);
  const [node, ms, times] = [dice.below(2), dice.below(2_400), 1 + dice.below(3)];
  const lines = dice.pick(['writes', 'writes', 'all'] as const);
  const [after, every, held] = [dice.below(40), 8 + dice.below(30), 200 + dice.below(1_300)];
  switch (kind) {
    case 'none':
      return { kind };
    case 'slow':
      return { kind, node, ms, times, lines };
    case 'kill':
      return { kind, lines: after };
    case 'held':
      return { kind, every, ms: held };
  }
}
