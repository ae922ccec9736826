import type { House } from './cli/ask-house.ts';
import type { Asker, Command, Reply } from './commands/command.ts';
import { openDoor } from './commands/door.ts';
import type { Config } from './config/config.ts';
import { checkServersNodes, checkSideNodes } from './engine/check-nodes.ts';
import { Engine } from './engine/engine.ts';
import type { Clock, Journal } from './engine/ports.ts';
import { systemClock } from './engine/system-clock.ts';
import { makeRoute } from './haproxy/routes/make-route.ts';
import { serversRoute } from './haproxy/routes/servers/servers-route.ts';
import { createHooks } from './hooks/run-hook.ts';
import { JournalProofs } from './journal/journal-proofs.ts';
import { openStore } from './journal/open-store.ts';
import { Reader } from './journal/reader.ts';
import { listedStanding } from './policy/listed-standing.ts';
import { announce } from './release/announce.ts';
import type { NodeCheck } from './release/node-check.ts';
import { newService } from './release/service-state.ts';
import { hasSides } from './release/target.ts';
import { sides } from './release/vocabulary.ts';
import { smoke } from './smoke/smoke.ts';
import { usualTimings } from './timing/timings.ts';

export interface AloneOptions {
  /** Takes up what is open before anything is asked. */
  readonly drives: boolean;
  /** Name and version of the program, for the journal. */
  readonly program: string;
  /** What hooks may see of the environment; nothing where it is absent. */
  readonly hookVariables?: Readonly<Record<string, string>>;
  /** File mode mask of what hooks write; this process' own. */
  readonly hookUmask?: number;
  readonly reportError: (error: unknown, doing: string) => void;
}

/**
 * The house without its faces, for the command line on a day when no bot runs. Takes the database, and with `drives`
 * every release that is open: back before acceptance, forward after it.
 * What people are to be told waits in the outbox for the next start of the bot.
 */
export function openAlone(config: Config, options: AloneOptions): House {
  const clock = systemClock();
  const store = openStore({
    path: config.database,
    clock,
    configDigest: config.digest,
    announce,
    program: options.program,
  });
  const proofs = new JournalProofs({
    store,
    rules: { program: options.program, announce },
    clock,
    say: () => undefined,
    reportError: options.reportError,
  });
  proofs.proveHere();
  const engine = engineOver(store, { config, clock, fault: () => proofs.fault }, options);
  if (options.drives) engine.start();
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

/**
 * Answers a question from the journal on disk and the nodes, without taking the database. Undefined where that is not
 * enough: there is no journal yet, or what came of it has to be journaled.
 */
export async function askReading(
  config: Config,
  question: Command,
  asker: Asker,
  reportError: AloneOptions['reportError'],
): Promise<Reply | undefined> {
  const reader = openReader(config.database);
  if (reader === undefined) return undefined;
  try {
    const engine = engineOver(
      reader,
      { config, clock: systemClock(), fault: () => undefined },
      { reportError },
    );
    const reply = await openDoor({ engine, past: reader })(question, asker);
    return reader.wantedToWrite || reply.kind === 'malfunction' ? undefined : reply;
  } finally {
    reader.close();
  }
}

/** Looks at every node of every service, by the configuration and by what the journal on disk knows. Writes nothing. */
export async function lookAtNodes(config: Config): Promise<readonly NodeCheck[]> {
  const journal = openReader(config.database);
  const options = { mono: () => systemClock().now().mono };
  const makeSideRoute = makeRoute(options);
  try {
    const checks = await Promise.all(
      [...config.services.values()].map(({ name, target }) => {
        const state = journal?.service(name) ?? newService(name);
        const open = journal?.openReleases().find(({ service }) => service === name);
        return hasSides(target)
          ? checkSideNodes(makeSideRoute(target), target, { state, open })
          : checkServersNodes(serversRoute(options)(target), target, { state, open });
      }),
    );
    return checks.flat();
  } finally {
    journal?.close();
  }
}

/**
 * The lines with which a person moves services by hand, on every node and to both sides, from the configuration alone:
 * for the day when there is no journal to be read. Of one service, or of every one with sides.
 */
export function linesByHand(config: Config, only: string | undefined): readonly string[] {
  const makeTargetRoute = makeRoute({ mono: () => 0 });
  const named = [...config.services.values()].filter(({ name }) => name === only);
  const services = named.length === 0 ? [...config.services.values()] : named;
  return services.flatMap(({ name, target }) => {
    if (!hasSides(target)) return [];
    const route = makeTargetRoute(target);
    const nodes = target.nodes.map(({ node }) => node);
    return sides.flatMap((side) => [
      `${name} to ${side}, memory first, then what the next reload starts with:`,
      ...(['memory', 'disk'] as const).flatMap((place) =>
        nodes.flatMap((node) => route.byHand(node, side, place)),
      ),
    ]);
  });
}

function openReader(database: string): Reader | undefined {
  try {
    return new Reader(database);
  } catch {
    // Whatever is wrong with it, who opens it whole says so.
    return undefined;
  }
}

function engineOver(
  journal: Journal,
  {
    config,
    clock,
    fault,
  }: { readonly config: Config; readonly clock: Clock; readonly fault: () => string | undefined },
  { hookVariables = {}, hookUmask: umask, reportError }: Omit<AloneOptions, 'drives' | 'program'>,
): Engine {
  const mono = () => clock.now().mono;
  return new Engine({
    config,
    journal,
    route: makeRoute({ mono }),
    serversRoute: serversRoute({ mono }),
    smoke,
    runHook: createHooks({ variables: hookVariables, mono, umask }),
    clock,
    timings: usualTimings,
    standingOf: async (who) => listedStanding(config, who),
    showProgress: () => undefined,
    channelAwayMs: () => 0,
    journalFault: fault,
    reportError,
  });
}
