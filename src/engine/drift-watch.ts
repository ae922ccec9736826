import type { Service } from '../config/config.ts';
import type { NodeReading, OldWorkers } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import { hasSides, type ServersTarget, type SideTarget, traitsOf } from '../release/target.ts';
import type { NodeName, ServiceName } from '../release/vocabulary.ts';
import { driftEvents, type Seen } from './drift-events.ts';
import { DriftRound } from './drift-round.ts';
import type { Engine } from './engine.ts';
import { fleetAbort } from './fleet-abort.ts';
import { isSameStand, type Stand, standOf } from './journal-stand.ts';
import { NodeLooks } from './node-looks.ts';
import { type OldWorkersSeen, oldWorkerEvents } from './old-worker-events.ts';
import type { ServersReading } from './ports.ts';
import { type ServersSeen, serversDrift } from './servers/servers-drift.ts';

/** States in which the release itself is writing: what is read then is not drift. */
const writing: ReadonlySet<string> = new Set(['switching', 'verifying', 'persisting']);

/** Reads every node every few seconds and tells once when one is elsewhere than it should be, or back. */
export class DriftWatch {
  readonly #engine: Engine;
  readonly #stop = fleetAbort();
  readonly #seen = new Map<ServiceName, Map<NodeName, NodeSeen>>();
  readonly #servers = new Map<ServiceName, Map<NodeName, ServersNodeSeen>>();
  readonly #nodes: NodeLooks;
  readonly #rounds = new Set<Promise<void>>();
  #running: Promise<void> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#nodes = new NodeLooks(engine.deps.clock, this.#stop.signal);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when no reading is under way. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopping'));
    await this.#running;
    await Promise.all(this.#rounds);
  }

  /**
   * One look at every service, side by side; resolves when the last node has answered or is known not to. A failing
   * one does not keep the others from being looked at.
   */
  async round(): Promise<void> {
    const { config } = this.#engine.deps;
    const round = new DriftRound(this.#engine);
    const looks = [...config.services.values()].map((service) =>
      this.#unlessStopping(`watching ${service.name} for drift`, () => this.#look(service, round)),
    );
    const all = Promise.all(looks);
    await this.#nodes.soon(all);
    await this.#unlessStopping('telling of drift', () => round.tell());
    await all;
    await this.#unlessStopping('telling of drift', () => round.tell());
  }

  async #unlessStopping(doing: string, work: () => Promise<void>): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await work().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#engine.deps.reportError(error, doing);
    });
  }

  /** A silent node is waited for beside the next rounds, not before them. */
  async #run(): Promise<void> {
    const { everyMs } = this.#engine.deps.config.drift;
    while (!this.#stop.signal.aborted) {
      const round = this.round();
      this.#rounds.add(round);
      void round.finally(() => this.#rounds.delete(round));
      await this.#nodes.soon(round);
      await this.#engine.deps.clock.sleep(everyMs, this.#stop.signal).catch(() => undefined);
    }
  }

  async #look(service: Service, round: DriftRound): Promise<void> {
    const before = standOf(this.#engine, service.name);
    if (this.#stop.signal.aborted || isWriting(before.open)) return;
    const target = before.open?.plan.target ?? service.target;
    await (hasSides(target)
      ? this.#lookAtSides(service.name, target, before, round)
      : this.#lookAtServers(service.name, target, before, round));
  }

  #lookAtSides(
    service: ServiceName,
    target: SideTarget,
    before: Stand,
    round: DriftRound,
  ): Promise<void> {
    const route = this.#engine.deps.route(target);
    const { signal } = this.#stop;
    const read = async (node: NodeName): Promise<SidesLook> => {
      const [reading, oldWorkers] = await Promise.all([
        route.read(node, signal, 'small'),
        route.oldWorkers(node, signal),
      ]);
      return { node, reading, oldWorkers };
    };
    return this.#nodes.of<SidesLook>(service, target.nodes, {
      read,
      silence: ({ reading }) => whySilent(reading),
      silent: (node, why) => ({
        node,
        reading: { kind: 'unreachable', node, why },
        oldWorkers: undefined,
      }),
      judge: (looks) => this.#judgeSides(service, target, looks, before, round),
    });
  }

  #judgeSides(
    service: ServiceName,
    target: SideTarget,
    looks: readonly SidesLook[],
    before: Stand,
    round: DriftRound,
  ): void {
    if (this.#stop.signal.aborted || looks.length === 0) return;
    const seen = looks.map(({ reading }) => reading);
    this.#engine.traffic.observe(service, seen, this.#engine.deps.clock.now().mono);
    const now = standOf(this.#engine, service);
    // What was read while something was decided or written belongs to neither before nor after.
    if (!isSameStand(before, now)) return;
    const { open, written } = now;
    const state = this.#engine.deps.journal.service(service);
    const facts = { service, state, open, traits: traitsOf(target) };
    const known = entryOf(this.#seen, service);
    for (const { node, reading, oldWorkers } of looks) {
      const last = known.get(node) ?? unseen;
      const drift = driftEvents(mapOf(node, last.seen), [reading], {
        ...facts,
        wrote: last.written !== written,
      });
      const workers = mapOf(node, oldWorkers);
      const old = oldWorkerEvents(mapOf(node, last.oldWorkers), workers, state.switchedTo);
      known.set(node, { seen: drift.seen.get(node), oldWorkers: old.seen.get(node), written });
      const undo = () => void known.set(node, last);
      for (const event of [...drift.events, ...old.events]) {
        round.add({ service, event, stand: now, undo });
      }
    }
    const isOver = target.nodes.every(({ node }) => {
      const seen = known.get(node)?.seen;
      return seen?.reached === true && seen.last?.off.length === 0;
    });
    if (isOver) this.#engine.deps.driftOver?.(service);
  }

  #lookAtServers(
    service: ServiceName,
    target: ServersTarget,
    before: Stand,
    round: DriftRound,
  ): Promise<void> {
    const route = this.#engine.deps.serversRoute(target);
    return this.#nodes.of<ServersReading>(service, target.nodes, {
      read: (node) => route.read(node, this.#stop.signal),
      silence: whySilent,
      silent: (node, why) => ({ kind: 'unreachable', node, why }),
      judge: (readings) => this.#judgeServers(service, target, readings, before, round),
    });
  }

  #judgeServers(
    service: ServiceName,
    target: ServersTarget,
    readings: readonly ServersReading[],
    before: Stand,
    round: DriftRound,
  ): void {
    if (this.#stop.signal.aborted || readings.length === 0) return;
    const now = standOf(this.#engine, service);
    // An open release looks at its servers itself.
    if (!isSameStand(before, now) || now.open !== undefined) return;
    const { servers: state } = this.#engine.deps.journal.service(service);
    const known = entryOf(this.#servers, service);
    for (const reading of readings) {
      const last = known.get(reading.node) ?? { seen: undefined, written: undefined };
      const wrote = last.written !== now.written;
      const { seen, events } = serversDrift(mapOf(reading.node, last.seen), [reading], {
        state,
        wrote,
      });
      known.set(reading.node, { seen: seen.get(reading.node), written: now.written });
      const undo = () => void known.set(reading.node, last);
      for (const event of events) round.add({ service, event, stand: now, undo });
    }
    const isOver = target.nodes.every(({ node }) => {
      const seen = known.get(node)?.seen;
      return seen?.reached === true && seen.last?.off === '';
    });
    if (isOver) this.#engine.deps.driftOver?.(service);
  }
}

/** What one node showed in one look. */
interface SidesLook {
  readonly node: NodeName;
  readonly reading: NodeReading;
  readonly oldWorkers: OldWorkers | undefined;
}

/** What was last seen of a node for one service. */
interface NodeSeen {
  readonly seen: Seen | undefined;
  readonly oldWorkers: OldWorkersSeen | undefined;
  /** The newest intent of then: a later one means that Pointsman wrote since. */
  readonly written: number | undefined;
}

/** The same of a service of single servers. */
interface ServersNodeSeen {
  readonly seen: ServersSeen | undefined;
  readonly written: number | undefined;
}

function whySilent(reading: NodeReading | ServersReading): string | undefined {
  return reading.kind === 'unreachable' ? reading.why : undefined;
}

const unseen: NodeSeen = { seen: undefined, oldWorkers: undefined, written: undefined };

function mapOf<Value>(node: NodeName, value: Value | undefined): ReadonlyMap<NodeName, Value> {
  return value === undefined ? new Map() : new Map([[node, value]]);
}

function entryOf<Value>(
  all: Map<ServiceName, Map<NodeName, Value>>,
  service: ServiceName,
): Map<NodeName, Value> {
  const known = all.get(service) ?? new Map<NodeName, Value>();
  all.set(service, known);
  return known;
}

function isWriting(release: Release | undefined): boolean {
  if (release === undefined) return false;
  const between = release.state !== 'needs_attention' && release.goingBack !== undefined;
  return writing.has(release.state) || between;
}
