import type { Asker, Command, Reply } from './commands/command.ts';
import { openDoor } from './commands/door.ts';
import type { Config } from './config/config.ts';
import { Engine } from './engine/engine.ts';
import { systemClock } from './engine/system-clock.ts';
import { makeRoute } from './haproxy/routes/make-route.ts';
import { serversRoute } from './haproxy/routes/servers/servers-route.ts';
import { createHooks } from './hooks/run-hook.ts';
import { openStore } from './journal/open-store.ts';
import { verifyJournal } from './journal/verify.ts';
import { listedStanding } from './policy/listed-standing.ts';
import { announce } from './release/announce.ts';
import type { Release } from './release/release.ts';
import { smoke } from './smoke/smoke.ts';

/** The house without its faces: for the command line on a day when no bot runs. */
export interface Alone {
  readonly ask: (command: Command, asker: Asker) => Promise<Reply>;
  readonly releaseOf: (id: string) => Release | undefined;
  /** Drives what is open, after a question that had to come first. */
  drive(): void;
  close(): Promise<void>;
}

export interface AloneOptions {
  /** Takes up what is open before anything is asked. */
  readonly drives: boolean;
  /** What hooks may see of the environment; nothing where it is absent. */
  readonly hookVariables?: Readonly<Record<string, string>>;
  readonly complain: (error: unknown, doing: string) => void;
}

/**
 * Takes the database, and with `drives` every release that is open: back before acceptance, forward after it.
 * What people are to be told waits in the outbox for the next start of the bot.
 */
export function openAlone(
  config: Config,
  { drives, hookVariables = {}, complain }: AloneOptions,
): Alone {
  const clock = systemClock();
  const store = openStore({
    path: config.database,
    clock,
    configDigest: config.digest,
    announce,
  });
  const verified = verifyJournal(config.database);
  const fault = verified.kind === 'verified' ? undefined : verified.sentence;
  const engine = new Engine({
    config,
    journal: store,
    route: makeRoute({ mono: () => clock.now().mono }),
    serversRoute: serversRoute({ mono: () => clock.now().mono }),
    smoke,
    runHook: createHooks({ variables: hookVariables, mono: () => clock.now().mono }),
    clock,
    standingOf: async (who) => listedStanding(config, who),
    showProgress: () => undefined,
    channelAwayMs: () => 0,
    journalFault: () => fault,
    complain,
  });
  if (drives) engine.start();
  return {
    ask: openDoor({ engine, past: store }),
    releaseOf: (id) => store.release(id),
    drive: () => engine.start(),
    close: async () => {
      await engine.stop();
      store.close();
    },
  };
}
