import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import type { EngineDeps } from './deps.ts';
import { drive } from './drive.ts';
import { recover } from './recover.ts';
import { RunContext } from './run-context.ts';
import { checkStageOrder } from './stages/in-order.ts';
import { TrafficHistory } from './traffic-history.ts';

/** How long an act waits for a driver to be at rest, milliseconds: longer than any effect takes. */
const restMs = 60_000;

/** One driver of one service. */
interface Run {
  readonly context: RunContext;
  /** Resolves when the driver is at rest for good. */
  readonly done: Promise<void>;
}

/**
 * Drives every open release; one driver per service, no state of its own that the journal does not have. This is the only
 * place where a driver begins, so no two of one service are ever at work at once.
 */
export class Engine {
  readonly deps: EngineDeps;
  /** What the drift watch saw of each side's traffic. */
  readonly traffic: TrafficHistory;
  /** The newest driver of each service. */
  readonly #slots = new Map<ServiceName, Run>();
  #stopping = false;

  constructor(deps: EngineDeps) {
    checkStageOrder();
    this.deps = deps;
    this.traffic = new TrafficHistory(deps.config.drift.everyMs);
  }

  /** Takes up every release the journal has open: back before acceptance, forward after it. */
  start(): void {
    for (const { id } of this.deps.journal.openReleases()) this.#drive(id, recover);
  }

  /** Lets what is being written finish, parks what waits, and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { context } of this.#slots.values()) context.stop();
    await Promise.all([...this.#slots.values()].map(({ done }) => done));
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Drives a release that was just opened. */
  launch(id: ReleaseId): void {
    this.#drive(id, () => Promise.resolve());
  }

  /** A row was appended that the present stage waits for. */
  wake(id: ReleaseId): void {
    this.#runOf(id)?.context.wake();
  }

  /** A row was appended that turns the release elsewhere: its present step ends, and sends nothing more. */
  interrupt(id: ReleaseId): void {
    const context = this.#runOf(id)?.context;
    if (context === undefined) return;
    context.lookAgain = true;
    context.looks = 0;
    context.interrupt();
  }

  /**
   * Interrupts the release's driver, waits until it is at rest, and acts before it goes on: the only way in which anybody
   * but its driver ends a release. `answered`: intents of it whose write was answered, so nothing of them comes later.
   * Undefined where the driver is not at rest in time; then nothing was done.
   */
  async whenAtRest<T>(
    id: ReleaseId,
    act: (answered: ReadonlySet<number>) => T | Promise<T>,
  ): Promise<T | undefined> {
    const run = this.#runOf(id);
    if (run === undefined) return act(new Set());
    const limit = new AbortController();
    const late = this.deps.clock.sleep(restMs, limit.signal).then(
      () => undefined,
      () => undefined,
    );
    let takeBack = (): void => undefined;
    const done = new Promise<T>((resolve, reject) => {
      takeBack = run.context.actAtRest(() => {
        try {
          resolve(act(run.context.answered));
        } catch (error) {
          reject(error);
        }
      });
    });
    return Promise.race([done, late]).finally(() => {
      takeBack();
      limit.abort();
    });
  }

  /** Resolves when the release's driver is at rest for good. */
  async settled(id: ReleaseId): Promise<void> {
    await this.#runOf(id)?.done;
  }

  /** True while the release is being driven here. */
  drives(id: ReleaseId): boolean {
    return this.#runOf(id) !== undefined;
  }

  /** The open release of a service, if there is one. */
  openRelease(service: ServiceName) {
    const { open } = this.deps.journal.service(service);
    return open === undefined ? undefined : this.deps.journal.release(open);
  }

  #runOf(id: ReleaseId): Run | undefined {
    return [...this.#slots.values()].find(({ context }) => context.id === id);
  }

  /** Puts a driver into its service's slot: it begins when the one before it is at rest. */
  #drive(id: ReleaseId, begin: (context: RunContext) => Promise<void>): void {
    if (this.drives(id)) return;
    const context = new RunContext(this.deps, id, this.traffic);
    const { service } = context.anyRelease;
    const before = this.#slots.get(service);
    before?.context.interrupt();
    const done = (before?.done ?? Promise.resolve())
      .then(() => begin(context))
      .then(() => drive(context, () => this.#stopping))
      .catch((error: unknown) => this.#afterMalfunction(context, error))
      .finally(() => {
        context.atRest();
        if (this.#slots.get(service)?.context === context) this.#slots.delete(service);
      });
    this.#slots.set(service, { context, done });
  }

  /** A malfunction of ours is no reason to leave a release alone: it is looked at again, as after a crash. */
  async #afterMalfunction(context: RunContext, error: unknown): Promise<void> {
    this.deps.reportError(error, `driving ${context.id}`);
    await this.deps.clock.sleep(1_000).catch(() => undefined);
    context.atRest();
    if (this.#stopping) return;
    await recover(context)
      .then(() => drive(context, () => this.#stopping))
      .catch((again: unknown) => this.#afterMalfunction(context, again));
  }
}
