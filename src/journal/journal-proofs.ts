import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../engine/ports.ts';
import { JournalUnwritable } from './errors.ts';
import type { Finding } from './finding.ts';
import { JournalTrust } from './journal-trust.ts';
import type { StartProof } from './prove-start.ts';
import { proveWhole, type WholeProof } from './prove-whole.ts';
import { runProof } from './run-proof.ts';
import type { Store } from './store.ts';
import type { Rules } from './verify.ts';

const dayMs = 86_400_000;

export interface ProofDeps {
  readonly store: Store;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  readonly reportError: (error: unknown, doing: string) => void;
}

/** Proves the journal of a running program: what a start left unproved, then the whole, then the whole once a day. */
export class JournalProofs {
  readonly #deps: ProofDeps;
  readonly #trust: JournalTrust;
  #whole: boolean;

  constructor(deps: ProofDeps) {
    const { start } = deps.store;
    this.#deps = deps;
    this.#trust = new JournalTrust(deps.store);
    this.#whole = start.kind === 'proved' && start.whole;
    this.#trust.unproved = deps.store.mirrorWaits
      ? 'The rows of the mirror are being moved into the journal.'
      : unprovedBy(start);
    // No row comes before those that wait in the mirror.
    if (!deps.store.mirrorWaits) this.#note(start.findings);
  }

  /** Why nothing new is begun. */
  get fault(): string | undefined {
    return this.#trust.fault;
  }

  /** Before anything is done: the rows of the mirror, and what the start could not prove, in a thread of its own. */
  async prove(signal: AbortSignal): Promise<void> {
    await this.#takeUp(signal);
    if (this.#deps.store.start.kind === 'proved') return;
    const { path, published } = this.#deps.store;
    const anchors = published === undefined ? [] : [published];
    const { program } = this.#deps.rules;
    this.#proved(await runProof({ path, program, anchors, corrects: true }, signal));
  }

  /** The same for a program that has nothing else to do meanwhile. */
  proveHere(): void {
    this.#takeUpHere();
    if (this.#deps.store.start.kind === 'proved') return;
    const { path, published } = this.#deps.store;
    const anchors = published === undefined ? [] : [published];
    this.#proved(proveWhole(path, { rules: this.#deps.rules, anchors, corrects: true }));
  }

  async #takeUp(signal: AbortSignal): Promise<void> {
    const { store } = this.#deps;
    if (!store.mirrorWaits) return;
    const moving = store.takeUp();
    let step = moving.next();
    for (; step.done !== true; step = moving.next()) await setImmediate(undefined, { signal });
    this.#takenUp(step.value);
  }

  #takeUpHere(): void {
    const { store } = this.#deps;
    if (!store.mirrorWaits) return;
    const moving = store.takeUp();
    let step = moving.next();
    while (step.done !== true) step = moving.next();
    this.#takenUp(step.value);
  }

  #takenUp(findings: readonly Finding[]): void {
    const { start } = this.#deps.store;
    this.#trust.unproved = unprovedBy(start);
    this.#note([...findings, ...start.findings]);
  }

  /** Beside the running program, until the signal aborts. */
  async keepProving(signal: AbortSignal): Promise<void> {
    const { clock, reportError } = this.#deps;
    while (!signal.aborted) {
      if (!this.#whole) {
        await this.#proveBeside(signal).catch((error: unknown) => {
          if (!signal.aborted) reportError(error, 'proving the journal');
        });
      }
      this.#whole = false;
      await clock.sleep(dayMs, signal).catch(() => undefined);
    }
  }

  #proved({ findings, notes }: WholeProof): void {
    const { store, say } = this.#deps;
    for (const note of notes) say(note);
    store.reload();
    this.#whole = true;
    this.#trust.unproved = undefined;
    this.#note(findings);
  }

  async #proveBeside(signal: AbortSignal): Promise<void> {
    const { store, rules } = this.#deps;
    const { path, published } = store;
    const anchors = published === undefined ? [] : [published];
    const job = { path, program: rules.program, anchors, corrects: false };
    const { findings } = await runProof(job, signal);
    // What it found in derived tables is put right by a start that proves the whole.
    if (findings.some(({ kind }) => kind === 'derived')) store.forgetCheckpoint();
    this.#note(findings);
  }

  /** What cannot be journaled counts all the same. */
  #note(findings: readonly Finding[]): void {
    for (const { sentence } of findings) this.#deps.say(sentence);
    try {
      this.#trust.found(findings);
    } catch (error) {
      if (!(error instanceof JournalUnwritable)) throw error;
      this.#deps.reportError(error, 'journaling what a proof found');
    }
  }
}

function unprovedBy(start: StartProof): string | undefined {
  if (start.kind === 'proved') return undefined;
  return `The journal is being proved from its first row (${start.why}).`;
}
