import { digestOf } from '../release/digest.ts';
import type { Draft, Entry, Instant } from '../release/journal-entry.ts';
import {
  type Release,
  type ServersRelease,
  type SideRelease,
  serversRelease,
  sideRelease,
} from '../release/release.ts';
import type { RouteTarget, ServersTarget, SideTarget } from '../release/target.ts';
import type { ReleaseId } from '../release/vocabulary.ts';
import { type Actor, system } from '../release/vocabulary.ts';
import type { EngineDeps } from './deps.ts';
import { stepGate } from './effects/step-gate.ts';
import { fleetAbort } from './fleet-abort.ts';
import type { Progress, Route, ServersRoute, StepGate } from './ports.ts';
import type { TrafficHistory } from './traffic-history.ts';

/** What the stages of one release work with. */
export class RunContext {
  readonly deps: EngineDeps;
  readonly id: ReleaseId;
  readonly traffic: TrafficHistory;
  /** Intents whose write was answered in this run: nothing of theirs can be carried out later. */
  readonly answered = new Set<number>();
  /** Since when this driver waits for writes whose end is not known. */
  unsettledSince: Instant | undefined;
  /** True: a release that needs attention is to be tried again now. */
  lookAgain = false;
  /** How often a release that needs attention was looked at again. */
  looks = 0;
  #interrupt = fleetAbort();
  #cut = fleetAbort();
  #gate = this.#newGate();
  readonly #acts: (() => void)[] = [];
  #awake: () => void = () => undefined;

  constructor(deps: EngineDeps, id: ReleaseId, traffic: TrafficHistory) {
    this.deps = deps;
    this.id = id;
    this.traffic = traffic;
  }

  /** The release between two sides as the journal has it this moment. Throws where it moves single servers. */
  get release(): SideRelease {
    return sideRelease(this.anyRelease);
  }

  /** The release of single servers as the journal has it this moment. Throws where it moves between sides. */
  get serversRelease(): ServersRelease {
    return serversRelease(this.anyRelease);
  }

  /** The release as the journal has it this moment. */
  get anyRelease(): Release {
    const release = this.deps.journal.release(this.id);
    if (release === undefined) throw new Error(`The journal has no release ${this.id}.`);
    return release;
  }

  /**
   * The nodes that count: the plan's. An operator who settles leaves out those that the configuration no longer
   * names: they are gone, and must not keep the release open for ever.
   */
  get target(): SideTarget {
    const { plan, settling } = this.release;
    return settling === undefined ? plan.target : this.#asConfigured(plan.target);
  }

  /** The same for single servers: what was out is put back on the nodes that are still known. */
  get serversTarget(): ServersTarget {
    const { plan, goingBack } = this.serversRelease;
    return goingBack === undefined ? plan.target : this.#asConfigured(plan.target);
  }

  #asConfigured<T extends RouteTarget>(target: T): T {
    const { config } = this.deps;
    const fleet = config.fleets.get(config.services.get(this.anyRelease.service)?.fleet ?? '');
    const known = new Set(fleet?.nodes.map(({ name }) => name));
    const nodes = target.nodes.filter(({ node }) => known.has(node));
    return nodes.length === 0 ? target : { ...target, nodes };
  }

  /** The route of the plan as it stands; after a replan, of the new one. */
  get route(): Route {
    return this.deps.route(this.release.plan.target);
  }

  /** The route of a plan for single servers. */
  get serversRoute(): ServersRoute {
    return this.deps.serversRoute(this.serversRelease.plan.target);
  }

  /** Aborts when a person or the end of the program interrupts the present stage. */
  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** What every effect of the present step asks before it is sent. It stays shut for a step that was interrupted. */
  get gate(): StepGate {
    return this.#gate;
  }

  /** True: the present step was cut short by somebody's word, so what it found counts for nothing. */
  get isCut(): boolean {
    return this.#cut.signal.aborted;
  }

  /** Cuts the present step short: nothing more is sent for it. The driver then looks at the journal again. */
  interrupt(): void {
    const why = new Error('interrupted');
    this.#cut.abort(why);
    this.#interrupt.abort(why);
    this.#awake();
  }

  /** The program ends: what waits is cut short. What nobody is asked about any more (going back, persisting) may finish. */
  stop(): void {
    if (this.#asksNobody()) this.#interrupt.abort(new Error('stopping'));
    else this.interrupt();
    this.#awake();
  }

  /** Begins a step with a signal and a gate of its own. */
  renew(): void {
    if (this.#interrupt.signal.aborted) this.#interrupt = fleetAbort();
    if (!this.#cut.signal.aborted) return;
    this.#cut = fleetAbort();
    this.#gate = this.#newGate();
  }

  /** Runs an act as soon as the driver is at rest; until then nothing more is sent. Returns what takes it back. */
  actAtRest(act: () => void): () => void {
    this.#acts.push(act);
    this.interrupt();
    return () => {
      const at = this.#acts.indexOf(act);
      if (at >= 0) this.#acts.splice(at, 1);
    };
  }

  /** The driver is at rest: what waited for that is done now. */
  atRest(): void {
    for (let act = this.#acts.shift(); act !== undefined; act = this.#acts.shift()) act();
  }

  #newGate(): StepGate {
    return stepGate(this.#cut.signal, () => this.anyRelease.ended === undefined);
  }

  #asksNobody(): boolean {
    const { goingBack, settling, acceptedBy } = this.anyRelease;
    return goingBack !== undefined || settling !== undefined || acceptedBy !== undefined;
  }

  /** Wakes a stage that waits for a person. */
  wake(): void {
    this.#awake();
  }

  /** Waits until woken, interrupted, or `ms` have passed. */
  async rest(ms: number): Promise<void> {
    if (this.signal.aborted) return;
    const stop = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#awake = resolve;
    });
    const slept = this.deps.clock.sleep(ms, stop.signal).catch(() => undefined);
    await Promise.race([woken, slept]);
    stop.abort();
  }

  /** Sleeps inside a stage; true when it was interrupted meanwhile. */
  async pause(ms: number): Promise<boolean> {
    await this.deps.clock.sleep(ms, this.signal).catch(() => undefined);
    return this.signal.aborted;
  }

  /** Appends one row of this release. */
  record(what: Draft['what'], by: Actor = system('engine')): Entry {
    const [entry] = this.recordAll([{ what, actor: by }]);
    if (entry === undefined) throw new Error('A row without a request cannot be a duplicate.');
    return entry;
  }

  /** Appends rows of this release in one transaction. */
  recordAll(
    drafts: readonly (Omit<Draft, 'release' | 'service' | 'actor'> & { readonly actor?: Actor })[],
  ): readonly Entry[] {
    const { id, planDigest, service } = this.anyRelease;
    const appended = this.deps.journal.append(
      drafts.map((draft) => ({
        planDigest:
          'plan' in draft.what && draft.what.kind === 'replanned'
            ? digestOf(draft.what.plan)
            : planDigest,
        ...draft,
        actor: draft.actor ?? system('engine'),
        release: id,
        service,
      })),
    );
    if (appended.kind === 'ended') throw new Error(`${id} has ended: no row of it follows.`);
    return appended.kind === 'appended' ? appended.entries : [];
  }

  /** Shows numbers of the present stage. */
  progress(progress: Progress | null): void {
    this.deps.showProgress(this.id, progress);
  }
}
