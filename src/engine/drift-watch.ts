import type { Service } from '../config/config.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import { hasSides, type ServersTarget, traitsOf } from '../release/target.ts';
import { type NodeName, type ServiceName, system } from '../release/vocabulary.ts';
import { type DriftEvent, driftEvents, type Seen } from './drift-events.ts';
import type { Engine } from './engine.ts';
import { readFleet } from './fleet.ts';
import { fleetAbort } from './fleet-abort.ts';
import { type OldWorkersSeen, oldWorkerEvents } from './old-worker-events.ts';
import { readOldWorkers } from './old-workers.ts';
import { type ServersSeen, serversDrift } from './servers/servers-drift.ts';
import { readServersFleet } from './servers/servers-fleet.ts';

/** States in which the release itself is writing: what is read then is not drift. */
const writing: ReadonlySet<string> = new Set(['switching', 'verifying', 'persisting']);

/** Reads every node every few seconds and tells once when one is elsewhere than it should be, or back. */
export class DriftWatch {
  readonly #engine: Engine;
  readonly #stop = fleetAbort();
  readonly #readings = new Map<ServiceName, readonly NodeReading[]>();
  readonly #seen = new Map<ServiceName, Round>();
  readonly #servers = new Map<ServiceName, ServersRound>();
  #running: Promise<void> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  start(): void {
    this.#running = this.#rounds();
  }

  /** Resolves when no reading is under way. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#running;
  }

  /** What the last round read of a service's nodes. */
  readingsOf(service: ServiceName): readonly NodeReading[] | undefined {
    return this.#readings.get(service);
  }

  /** One look at every service. A failing one does not keep the others from being looked at. */
  async round(): Promise<void> {
    const { config, complain } = this.#engine.deps;
    for (const service of config.services.values()) {
      if (this.#stop.signal.aborted) return;
      await this.#look(service).catch((error: unknown) => {
        if (!this.#stop.signal.aborted) complain(error, `watching ${service.name} for drift`);
      });
    }
  }

  async #rounds(): Promise<void> {
    const { clock, config } = this.#engine.deps;
    while (!this.#stop.signal.aborted) {
      await this.round();
      await clock.sleep(config.drift.everyMs, this.#stop.signal).catch(() => undefined);
    }
  }

  async #look(service: Service): Promise<void> {
    const { deps } = this.#engine;
    const before = this.#standOf(service.name);
    if (isWriting(before.open)) return;
    const target = before.open?.plan.target ?? service.target;
    if (!hasSides(target)) return this.#lookServers(service.name, target, before);
    const route = deps.route(target);
    const [readings, oldWorkers] = await Promise.all([
      readFleet(route, target, this.#stop.signal),
      readOldWorkers(route, target, this.#stop.signal),
    ]);
    this.#readings.set(service.name, readings);
    const now = this.#standOf(service.name);
    // What was read while something was decided or written belongs to neither before nor after.
    if (!isSameStand(before, now) || this.#stop.signal.aborted) return;
    const last = this.#seen.get(service.name) ?? firstRound;
    const { open } = now;
    const state = deps.journal.service(service.name);
    const wrote = last.written !== now.written;
    const drift = driftEvents(last.nodes, readings, {
      service: service.name,
      state,
      open,
      traits: traitsOf(target),
      wrote,
    });
    const old = oldWorkerEvents(last.oldWorkers, oldWorkers, state.switchedTo);
    const { written } = now;
    this.#seen.set(service.name, { nodes: drift.seen, oldWorkers: old.seen, written });
    for (const event of [...drift.events, ...old.events]) this.#tell(service.name, open, event);
  }

  async #lookServers(service: ServiceName, target: ServersTarget, before: Stand): Promise<void> {
    const { serversRoute, journal } = this.#engine.deps;
    const readings = await readServersFleet(serversRoute(target), target, this.#stop.signal);
    const now = this.#standOf(service);
    // An open release looks at its servers itself.
    if (!isSameStand(before, now) || now.open !== undefined) return;
    if (this.#stop.signal.aborted) return;
    const last = this.#servers.get(service) ?? { nodes: new Map(), written: undefined };
    const { servers: state } = journal.service(service);
    const wrote = last.written !== now.written;
    const { seen, events } = serversDrift(last.nodes, readings, { state, wrote });
    this.#servers.set(service, { nodes: seen, written: now.written });
    for (const event of events) this.#tell(service, undefined, event);
  }

  #standOf(service: ServiceName): Stand {
    const { journal } = this.#engine.deps;
    const { lastNumber } = journal.service(service);
    const rows = journal.rowsOf(`${service}-${lastNumber}`);
    const written = rows.findLast(isIntent)?.seq;
    return { open: this.#engine.openRelease(service), lastNumber, written };
  }

  #tell(service: ServiceName, open: Release | undefined, event: DriftEvent): void {
    const { node, kind, ...what } = event;
    this.#engine.deps.journal.append([
      {
        actor: system('drift-watch'),
        service,
        ...(open === undefined ? {} : { release: open.id }),
        node,
        what: { kind, ...what },
      },
    ]);
  }
}

/** What the last round saw of a service. */
interface Round {
  readonly nodes: ReadonlyMap<NodeName, Seen>;
  readonly oldWorkers: ReadonlyMap<NodeName, OldWorkersSeen>;
  /** The newest intent of then: a later one means that Pointsman wrote since. */
  readonly written: number | undefined;
}

/** The same of a service of single servers. */
interface ServersRound {
  readonly nodes: ReadonlyMap<NodeName, ServersSeen>;
  readonly written: number | undefined;
}

const firstRound: Round = { nodes: new Map(), oldWorkers: new Map(), written: undefined };

/** Where the journal has a service: by what a reading must be judged. */
interface Stand {
  readonly open: Release | undefined;
  readonly lastNumber: number;
  /** The newest intent of the newest release. */
  readonly written: number | undefined;
}

function isIntent({ what }: Entry): boolean {
  return what.kind === 'intent' || what.kind === 'servers_intent';
}

function isSameStand(one: Stand, other: Stand): boolean {
  return (
    one.open?.state === other.open?.state &&
    (one.open?.goingBack === undefined) === (other.open?.goingBack === undefined) &&
    one.lastNumber === other.lastNumber &&
    one.written === other.written
  );
}

function isWriting(release: Release | undefined): boolean {
  if (release === undefined) return false;
  const between = release.state !== 'needs_attention' && release.goingBack !== undefined;
  return writing.has(release.state) || between;
}
