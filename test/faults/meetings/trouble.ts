import type { Meeting } from './meetings.ts';
import { meetingsOn } from './meetings.ts';

/** What happens while acts are under way. */
export type Trouble =
  | { readonly kind: 'none' }
  /** One node's lines are carried out later, each on a connection of its own; those after them come through at once. */
  | {
      readonly kind: 'slow';
      readonly node: number;
      readonly ms: number;
      readonly times: number;
      readonly lines: 'writes' | 'all';
    }
  /** The process ends by SIGKILL after so many lines, and is started again. */
  | { readonly kind: 'kill'; readonly lines: number }
  /** The process' event loop is held at every n-th failpoint. */
  | { readonly kind: 'held'; readonly every: number; readonly ms: number };

export const kinds = ['races', 'killed races', 'slow', 'twice', 'held'] as const;
export type Kind = (typeof kinds)[number];

/** One play. */
export interface Play {
  readonly meeting: Meeting;
  readonly trouble: Trouble;
  readonly name: string;
}

/** The deadline of an exchange is 1,000 ms in these runs, and a line is waited for 1,500 ms more. */
const delays = [300, 900, 1_050, 1_600, 2_300];
/** Nobody waits for a line that comes later than this, milliseconds: then a node that is off is told as drift. */
const horizonMs = 2_500;
const beyond = 4_000;

export function isBeyondHorizon(trouble: Trouble): boolean {
  return trouble.kind === 'slow' && trouble.ms > horizonMs;
}

/** All plays of a kind on a route. */
export function playsOf(kind: Kind, route: string): readonly Play[] {
  const { pairs, twice, singles } = meetingsOn(route);
  switch (kind) {
    case 'races':
      return pairs.map((meeting) => playOf(meeting, { kind: 'none' }));
    case 'killed races':
      return [...pairs, ...twice].map((meeting, i) =>
        playOf(meeting, { kind: 'kill', lines: (i * 7) % 31 }),
      );
    case 'slow':
      return [...singles, ...pairs].flatMap((meeting, i) => {
        const ms = [delays[i % delays.length] ?? 0, delays[(i + 2) % delays.length] ?? 0];
        return [...ms, ...(i % 4 === 0 ? [beyond] : [])].map((late, n) =>
          playOf(meeting, {
            kind: 'slow',
            node: (i + n) % 2,
            ms: late,
            times: 1 + ((i + n) % 2),
            lines: (i + n) % 5 === 4 ? 'all' : 'writes',
          }),
        );
      });
    case 'twice':
      return twice.map((meeting) => playOf(meeting, { kind: 'none' }));
    case 'held':
      return [...singles, ...pairs].map((meeting, i) =>
        playOf(meeting, {
          kind: 'held',
          every: 11 + ((i * 5) % 23),
          ms: i % 2 === 0 ? 400 : 1_300,
        }),
      );
  }
}

/** With a name that says all of it. */
export function playOf(meeting: Meeting, trouble: Trouble): Play {
  return { meeting, trouble, name: `${meeting.name}${words(trouble)}` };
}

function words(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'none':
      return '';
    case 'slow':
      return `; ${trouble.times} of the ${trouble.lines} on node ${trouble.node + 1} late by ${trouble.ms} ms`;
    case 'kill':
      return `; killed after ${trouble.lines} lines`;
    case 'held':
      return `; held for ${trouble.ms} ms at every failpoint no. ${trouble.every}`;
  }
}
