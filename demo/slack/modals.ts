import type { Board } from './board.ts';
import type { Block } from './message.ts';

/** A dialog as its person has it before the eyes. */
export interface Modal {
  readonly id: string;
  /** Whose it is. */
  readonly user: string;
  readonly view: ModalView;
}

/** A dialog as the app sent it, checked. */
export interface ModalView {
  readonly type: 'modal';
  readonly blocks: readonly Block[];
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly title: unknown;
  readonly submit?: unknown;
  readonly close?: unknown;
}

/** Slack's three seconds from a press to the dialog that it opens. */
const triggerMs = 3_000;

/** The open dialogs, and the triggers that may open one, each once. */
export class Modals {
  readonly #board: Board;
  readonly #now: () => number;
  readonly #triggers = new Map<string, { readonly user: string; readonly at: number }>();
  readonly #exchanged = new Set<string>();
  #open: readonly Modal[] = [];

  constructor(board: Board, now: () => number) {
    this.#board = board;
    this.#now = now;
  }

  /** Something a person did may open a dialog for them. */
  trigger(id: string, user: string): void {
    this.#triggers.set(id, { user, at: this.#now() });
  }

  /** Opens a dialog, or says in Slack's word why not. */
  open(trigger: string, id: string, view: ModalView): Modal | string {
    if (this.#exchanged.has(trigger)) return 'exchanged_trigger_id';
    const found = this.#triggers.get(trigger);
    if (found === undefined) return 'invalid_trigger_id';
    if (this.#now() - found.at > triggerMs) return 'expired_trigger_id';
    this.#triggers.delete(trigger);
    this.#exchanged.add(trigger);
    const modal = { id, user: found.user, view };
    this.#open = [...this.#open, modal];
    this.#board.tell({ kind: 'modal', user: found.user, modal });
    return modal;
  }

  /** What this person has open, oldest first. */
  of(user: string): readonly Modal[] {
    return this.#open.filter((modal) => modal.user === user);
  }

  close({ id, user }: Modal): void {
    this.#open = this.#open.filter((modal) => modal.id !== id);
    this.#board.tell({ kind: 'modal_closed', user, id });
  }
}
