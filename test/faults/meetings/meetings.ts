import type { Command } from '../../../src/commands/command.ts';
import { serverName } from '../../../src/release/vocabulary.ts';

/** What somebody asks for. */
export interface Act {
  readonly user: string;
  readonly command: Command;
}

/**
 * Where `checkout` is when acts meet: nothing is open; `checkout-1` waits for approval, or for acceptance, or for a person
 * because another hand changed a node; it is completed.
 */
export type Stage = 'free' | 'asked' | 'acceptance' | 'attention' | 'completed';

/** When the second act is asked for: after so many lines to nodes since the first, or when the first was answered. */
export type Gap = number | 'answered';

/** One or two acts on one service at one moment. */
export interface Meeting {
  readonly stage: Stage;
  readonly acts: readonly [Act] | readonly [Act, Act];
  readonly gap: Gap;
  readonly name: string;
}

const first = { of: 'checkout-1' } as const;
const service = { service: 'checkout' } as const;
const because = 'the runs say so';
const settle = { kind: 'settle', release: 'checkout-1', because } as const;

const acts = {
  release: { user: 'U0RITA', command: { kind: 'release', ...service } },
  approve: { user: 'U0ANN', command: { kind: 'approve', ...first } },
  accept: { user: 'U0RITA', command: { kind: 'accept', ...first } },
  abort: { user: 'U0RITA', command: { kind: 'abort', ...first } },
  cancel: { user: 'U0RITA', command: { kind: 'cancel', ...first } },
  reapply: { user: 'U0RITA', command: { kind: 'reapply', ...first } },
  rollback: { user: 'U0RITA', command: { kind: 'rollback', ...service } },
  'rollback of an operator': { user: 'U0OLAF', command: { kind: 'rollback', ...service } },
  'settle blue': { user: 'U0OLAF', command: { ...settle, side: 'blue' } },
  'settle green': { user: 'U0OLAF', command: { ...settle, side: 'green' } },
  'adopt blue': { user: 'U0OLAF', command: { kind: 'adopt', ...service, side: 'blue', because } },
  'adopt green': { user: 'U0OLAF', command: { kind: 'adopt', ...service, side: 'green', because } },
  'drain b1': onServer('drain', 'b1'),
  'drain b2': onServer('drain', 'b2'),
  'maint b1': onServer('maint', 'b1'),
  'maint b2': onServer('maint', 'b2'),
  'ready b1': onServer('ready', 'b1'),
} satisfies Record<string, Act>;
type ActName = keyof typeof acts;

function onServer(kind: 'drain' | 'maint' | 'ready', server: string): Act {
  return { user: 'U0OLAF', command: { kind, ...service, server: serverName(server) } };
}

type Pair = readonly [Stage, ActName, ActName];

const gaps: readonly Gap[] = [0, 1, 4, 12];

/** Two acts of which each turns the release elsewhere. */
const pairs: readonly Pair[] = [
  ['free', 'release', 'adopt green'],
  ['free', 'adopt green', 'adopt blue'],
  ['asked', 'approve', 'abort'],
  ['asked', 'approve', 'cancel'],
  ['asked', 'approve', 'rollback'],
  ['asked', 'approve', 'settle blue'],
  ['acceptance', 'rollback', 'accept'],
  ['acceptance', 'accept', 'rollback'],
  ['acceptance', 'accept', 'abort'],
  ['acceptance', 'accept', 'settle blue'],
  ['acceptance', 'abort', 'settle green'],
  ['attention', 'settle green', 'rollback'],
  ['attention', 'settle green', 'settle blue'],
  ['attention', 'reapply', 'rollback'],
  ['attention', 'reapply', 'settle blue'],
  ['completed', 'rollback', 'release'],
  ['completed', 'rollback', 'adopt green'],
];

/** The same words twice: of a script that repeats, or of two people. */
const twice: readonly Pair[] = [
  ['free', 'release', 'release'],
  ['free', 'adopt green', 'adopt green'],
  ['asked', 'approve', 'approve'],
  ['asked', 'cancel', 'cancel'],
  ['acceptance', 'accept', 'accept'],
  ['acceptance', 'abort', 'abort'],
  ['acceptance', 'rollback', 'rollback of an operator'],
  ['attention', 'reapply', 'reapply'],
  ['attention', 'settle green', 'settle green'],
  ['completed', 'rollback', 'rollback'],
  ['completed', 'rollback', 'rollback of an operator'],
];

const serverPairs: readonly Pair[] = [
  ['free', 'drain b1', 'maint b2'],
  ['free', 'drain b1', 'drain b2'],
  ['free', 'drain b1', 'ready b1'],
  ['free', 'maint b1', 'release'],
  ['asked', 'approve', 'abort'],
  ['asked', 'approve', 'cancel'],
  ['attention', 'reapply', 'abort'],
  ['attention', 'reapply', 'drain b1'],
];

const serverTwice: readonly Pair[] = [
  ['free', 'drain b1', 'drain b1'],
  ['asked', 'approve', 'approve'],
  ['attention', 'reapply', 'reapply'],
  ['attention', 'abort', 'abort'],
];

const singles: readonly (readonly [Stage, ActName])[] = [
  ['free', 'adopt green'],
  ['asked', 'approve'],
  ['acceptance', 'accept'],
  ['acceptance', 'abort'],
  ['attention', 'reapply'],
  ['attention', 'settle green'],
  ['completed', 'rollback'],
];

const serverSingles: readonly (readonly [Stage, ActName])[] = [
  ['free', 'drain b1'],
  ['asked', 'approve'],
  ['attention', 'reapply'],
  ['attention', 'abort'],
];

interface Meetings {
  readonly pairs: readonly Meeting[];
  readonly twice: readonly Meeting[];
  readonly singles: readonly Meeting[];
}

/** All that can meet on a route with two sides, or on one of single servers. */
export function meetingsOn(route: string): Meetings {
  const isServers = route === 'servers';
  return {
    pairs: (isServers ? serverPairs : pairs).flatMap((pair) => withGaps(pair, gaps)),
    twice: (isServers ? serverTwice : twice).flatMap((pair) => withGaps(pair, [0, 2, 'answered'])),
    singles: (isServers ? serverSingles : singles).map(([stage, name]) => ({
      stage,
      acts: [acts[name]],
      gap: 0,
      name: `${stage}: ${name}`,
    })),
  };
}

function withGaps([stage, one, other]: Pair, all: readonly Gap[]): readonly Meeting[] {
  return all.map((gap) => ({
    stage,
    acts: [acts[one], acts[other]],
    gap,
    name: `${stage}: ${one}, ${typeof gap === 'number' ? `after ${gap} lines` : 'then'} ${other}`,
  }));
}
