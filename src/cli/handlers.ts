import type { Command, Reply } from '../commands/command.ts';
import type { Topic } from '../commands/command-names.ts';
import type { Config } from '../config/config.ts';
import type { Loaded } from '../config/load-config.ts';
import type { NodeCheck } from '../release/node-check.ts';
import type { ExitCode } from './exit-codes.ts';
import type { End } from './follow.ts';

/** What every verb is told. */
export interface Common {
  /** The configuration file as it was named. */
  readonly config: string;
  /** For a program, not for a person. */
  readonly json: boolean;
}

/** A line in the grammar of Slack's commands, already read once. */
export interface Asked extends Common {
  readonly word: Topic;
  readonly text: string;
  readonly command: Command;
}

/** What a verb did: lines for people, the same as data for `--json`. */
export interface Outcome {
  readonly exit: ExitCode;
  readonly lines: readonly string[];
  readonly data: unknown;
}

export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

/** The verbs that are asked at the one door: the three commands, and words of theirs that stand alone here. */
export const askVerbs = [
  'status',
  'history',
  'release',
  'plan',
  'finish',
  'rollback',
  'accept',
  'abort',
  'cancel',
  'settle',
  'adopt',
  'lock',
  'unlock',
  'drain',
  'maint',
  'ready',
] as const;
export type AskVerb = (typeof askVerbs)[number];

/** How the verb shows what comes: the reply first, then what becomes of it. */
export interface Tell {
  /** Prints the reply; gives the exit code it stands for. */
  readonly reply: (reply: Reply) => ExitCode;
  /** Prints on stderr what has to be known beside the answer. */
  readonly note: (sentence: string) => void;
  /** Prints how what was followed rests; with `--json` together with the reply. */
  readonly end: (end: End) => void;
  /** Prints where something stands; on a terminal with a bar. */
  readonly progress: (line: string, done: number, total: number) => void;
}

export type AskHandler = (asked: Asked, tell: Tell) => Promise<ExitCode>;
interface Words extends Common {
  readonly words: readonly string[];
}
type WordsHandler = (options: Words) => Promise<Outcome>;

/** What main does for each verb. A verb whose handler is missing is refused as not built yet. */
export interface Handlers extends Partial<Readonly<Record<AskVerb, AskHandler>>> {
  /** Reads a configuration file with every kind of route that this version knows. */
  readonly load: (path: string) => Loaded;
  /** Reads every node of the configuration, for `check --nodes`. */
  readonly lookAtNodes: (config: Config) => Promise<readonly NodeCheck[]>;
  /** Runs until it is told to stop. */
  readonly start: (options: Common) => Promise<ExitCode>;
  readonly auditVerify: (
    options: Common & { readonly anchor?: Anchor; readonly export?: string },
  ) => Promise<Outcome>;
  readonly manifest: (options: Common) => Promise<Outcome>;
  readonly auditExport?: WordsHandler;
  readonly auditBackup?: WordsHandler;
  readonly auditRestore?: (options: Words & { readonly anchor?: Anchor }) => Promise<Outcome>;
  readonly doctor?: WordsHandler;
}
