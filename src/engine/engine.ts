import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { EngineDeps } from './deps.ts';
import { drive } from './drive.ts';
import { recover } from './recover.ts';
import { RunContext } from './run-context.ts';
import { checkStageOrder } from './stages/in-order.ts';
import { TrafficHistory } from './traffic-history.ts';

/** Drives every open release; one run per release, no state of its own that the journal does not have. */
export class Engine {
  readonly deps: EngineDeps;
  /** What the drift watch saw of each side's traffic. */
  readonly traffic: TrafficHistory;
  readonly #runs = new Map<
    ReleaseId,
    { readonly context: RunContext; readonly done: Promise<void> }
  >();
  #stopping = false;

  constructor(deps: EngineDeps) {
    checkStageOrder();
    this.deps = deps;
    this.traffic = new TrafficHistory(deps.config.drift.everyMs);
  }

  /** Takes up every release the journal has open: back before acceptance, forward after it. */
  start(): void {
    for (const release of this.deps.journal.openReleases()) {
      const context = new RunContext(this.deps, release.id, this.traffic);
      this.#drive(context, recover(context));
    }
  }

  /** Lets what is being written finish, parks what waits, and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { context } of this.#runs.values()) context.interrupt();
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Drives a release that was just opened. */
  launch(id: ReleaseId): void {
    this.#drive(new RunContext(this.deps, id, this.traffic), Promise.resolve());
  }

  /** A row was appended that the present stage waits for. */
  wake(id: ReleaseId): void {
    this.#runs.get(id)?.context.wake();
  }

  /** A row was appended that ends the present stage. */
  interrupt(id: ReleaseId): void {
    const context = this.#runs.get(id)?.context;
    if (context === undefined) return;
    context.lookAgain = true;
    context.looks = 0;
    context.interrupt();
  }

  /** Resolves when the release's run is over. */
  async settled(id: ReleaseId): Promise<void> {
    await this.#runs.get(id)?.done;
  }

  /** True while the release is being driven here. */
  drives(id: ReleaseId): boolean {
    return this.#runs.has(id);
  }

  /** The open release of a service, if there is one. */
  openRelease(service: ServiceName) {
    const { open } = this.deps.journal.service(service);
    return open === undefined ? undefined : this.deps.journal.release(open);
  }

  #drive(context: RunContext, ready: Promise<void>): void {
    const done = ready
      .then(() => drive(context, () => this.#stopping))
      .catch((error: unknown) => {
        this.deps.complain(error, `driving ${context.id}`);
        return this.#afterMalfunction(context);
      })
      .finally(() => this.#runs.delete(context.id));
    this.#runs.set(context.id, { context, done });
  }

  /** A malfunction of ours is no reason to leave a release alone: it is looked at again, as after a crash. */
  async #afterMalfunction(context: RunContext): Promise<void> {
    await this.deps.clock.sleep(1_000).catch(() => undefined);
    if (this.#stopping) return;
    await recover(context)
      .then(() => drive(context, () => this.#stopping))
      .catch((error: unknown) => {
        this.deps.complain(error, `driving ${context.id} after a malfunction`);
        return this.#afterMalfunction(context);
      });
  }
}
