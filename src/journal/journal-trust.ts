import { counted } from '../release/counted.ts';
import type { Entry } from '../release/journal-entry.ts';
import { system } from '../release/vocabulary.ts';
import type { Finding } from './finding.ts';
import type { Store } from './store.ts';

/** How many findings stand in one row. */
const most = 20;

/**
 * Whether the journal can be believed: what a proof found stands in it as a row, keeps releases from beginning, and is
 * told, until an operator has taken note of it. What they have taken note of is not told again while it lasts.
 */
export class JournalTrust {
  readonly #store: Store;
  readonly #acknowledged = new Set<string>();
  /** Since this start. What was put right and is found at a later start again was done again. */
  readonly #acknowledgedHere = new Set<string>();
  readonly #open = new Set<string>();
  #unproved: string | undefined;

  constructor(store: Store) {
    this.#store = store;
    for (const entry of store.auditRows()) this.#follow(entry);
    store.onAppend((entries) => {
      for (const entry of entries) this.#follow(entry);
      store.trusted = this.fault === undefined;
    });
    this.#acknowledgedHere.clear();
    store.trusted = this.fault === undefined;
  }

  /** Why nothing new is begun; undefined where the journal is as Pointsman wrote it, or an operator has said so. */
  get fault(): string | undefined {
    const [first, ...more] = this.#open;
    if (first === undefined) return this.#unproved;
    const also = more.length === 0 ? '' : ` ${counted(more.length, 'more finding')}.`;
    return `${first}${also}`;
  }

  /** A proof is under way that must end before anything new is begun; undefined: it has ended. */
  set unproved(why: string | undefined) {
    this.#unproved = why;
    this.#store.trusted = this.fault === undefined;
  }

  /** Notes what a proof found. Throws JournalUnwritable; it counts all the same. */
  found(findings: readonly Finding[]): void {
    const sentences = findings
      .filter((finding) => !this.#isKnown(finding))
      .map(({ sentence }) => sentence)
      .slice(0, most);
    if (sentences.length === 0) return;
    for (const sentence of sentences) this.#open.add(sentence);
    this.#store.trusted = false;
    this.#store.append([
      { actor: system('audit'), what: { kind: 'journal_fault', findings: sentences } },
    ]);
  }

  #isKnown({ kind, sentence }: Finding): boolean {
    const acknowledged = kind === 'derived' ? this.#acknowledgedHere : this.#acknowledged;
    return acknowledged.has(sentence) || this.#open.has(sentence);
  }

  #follow({ what }: Entry): void {
    if (what.kind === 'journal_fault') for (const one of what.findings) this.#open.add(one);
    if (what.kind !== 'journal_acknowledged') return;
    for (const one of this.#open) {
      this.#acknowledged.add(one);
      this.#acknowledgedHere.add(one);
    }
    this.#open.clear();
  }
}
