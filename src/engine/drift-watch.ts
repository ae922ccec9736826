import type { Service } from '../config/config.ts';
import { routeTarget } from '../config/route-target.ts';
import type { NodeReading } from '../release/reading.ts';
import type { Release } from '../release/release.ts';
import { type NodeName, type ServiceName, system } from '../release/vocabulary.ts';
import { type DriftEvent, driftEvents, type Seen } from './drift-events.ts';
import type { Engine } from './engine.ts';
import { readFleet } from './fleet.ts';

/** States in which the release itself is writing: what is read then is not drift. */
const writing: ReadonlySet<string> = new Set(['switching', 'verifying', 'persisting']);

/** Reads every node every few seconds and tells once when one is elsewhere than it should be, or back. */
export class DriftWatch {
  readonly #engine: Engine;
  readonly #stop = new AbortController();
  readonly #readings = new Map<ServiceName, readonly NodeReading[]>();
  readonly #seen = new Map<ServiceName, ReadonlyMap<NodeName, Seen>>();
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
    const before = this.#engine.openRelease(service.name);
    if (isWriting(before)) return;
    const target = before?.plan.target ?? routeTarget(deps.config, service);
    const readings = await readFleet(deps.route(target), target, this.#stop.signal);
    this.#readings.set(service.name, readings);
    const open = this.#engine.openRelease(service.name);
    if (isWriting(open) || open?.state !== before?.state || this.#stop.signal.aborted) return;
    const { seen, events } = driftEvents(this.#seen.get(service.name) ?? new Map(), readings, {
      state: deps.journal.service(service.name),
      open,
    });
    this.#seen.set(service.name, seen);
    for (const event of events) this.#tell(service.name, open, event);
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

function isWriting(release: Release | undefined): boolean {
  if (release === undefined) return false;
  const between = release.state !== 'needs_attention' && release.goingBack !== undefined;
  return writing.has(release.state) || between;
}
