import type { StageName } from '../release/stages.ts';
import type { Outcome } from './outcome.ts';
import type { RunContext } from './run-context.ts';

/** One stage of a release's life. Runs until it has an outcome; after an interruption it may be run again. */
export interface Stage {
  readonly name: StageName;
  readonly run: (context: RunContext) => Promise<Outcome>;
}
