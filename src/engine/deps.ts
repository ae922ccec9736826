import type { Config } from '../config/config.ts';
import type { ServiceName } from '../release/vocabulary.ts';
import type { Timings } from '../timing/timings.ts';
import type {
  Clock,
  Journal,
  MakeRoute,
  MakeServersRoute,
  RunHook,
  ShowProgress,
  Smoke,
  StandingOf,
} from './ports.ts';

/** Everything the engine needs from outside, made by main. */
export interface EngineDeps {
  readonly config: Config;
  readonly journal: Journal;
  readonly route: MakeRoute;
  readonly serversRoute: MakeServersRoute;
  readonly smoke: Smoke;
  readonly runHook: RunHook;
  readonly clock: Clock;
  readonly standingOf: StandingOf;
  readonly showProgress: ShowProgress;
  /** For how many milliseconds the service's channel has been out of reach; 0 = it is reached. */
  readonly channelAwayMs: (service: ServiceName) => number;
  /** Why nothing can be told in the service's channel; absent where nobody would know. */
  readonly whyUntold?: (service: ServiceName) => readonly string[];
  /** Told after every round in which all nodes of a service were as they should be. */
  readonly driftOver?: (service: ServiceName) => void;
  /** Why the journal cannot be trusted; undefined while it verifies. Going back does not ask. */
  readonly journalFault: () => string | undefined;
  readonly timings: Timings;
  /** A malfunction that has no other place to go. */
  readonly reportError: (error: unknown, doing: string) => void;
}
