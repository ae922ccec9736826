import { h } from './dom.js';
import { messageItem } from './message.js';
import { dayOf } from './time.js';

const fiveMinutes = 300;

/** A list of messages that is edited in place: what did not change keeps its element, its scroll and its focus. */
export class MessageList {
  #list;
  #scroller;
  #context;
  #items = new Map();
  #stale = new Set();

  /** `context`: store, place, openThread; `scroller`: what scrolls around the list. */
  constructor(list, scroller, context) {
    this.#list = list;
    this.#scroller = scroller;
    this.#context = { ...context, redraw: (ts) => this.redraw(ts) };
  }

  /** Draws the message anew at the next `draw`, which follows at once. */
  redraw(ts) {
    this.#stale.add(ts);
    this.draw(this.#shown);
  }

  #shown = [];

  draw(messages) {
    const atEnd = this.#isAtEnd();
    const focused = focusIn(this.#list);
    this.#shown = messages;
    const wanted = [];
    let before;
    for (const message of messages) {
      if (
        this.#context.place === 'channel' &&
        (!before || dayOf(before.ts) !== dayOf(message.ts))
      ) {
        wanted.push(this.#dayLine(message));
        before = undefined;
      }
      wanted.push(this.#item(message, follows(before, message)));
      before = message;
    }
    this.#stale.clear();
    this.#forget(messages);
    place(this.#list, wanted);
    refocus(this.#list, focused);
    if (atEnd) this.toEnd();
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < 120;
  }

  #item(message, followsOther) {
    const known = this.#items.get(message.ts);
    const same = known?.message === message && known.follows === followsOther;
    if (same && !this.#stale.has(message.ts)) return known.element;
    const element = messageItem(message, { ...this.#context, follows: followsOther });
    if (!known && Date.now() / 1000 - Number(message.ts) < 2) arrive(element);
    this.#items.set(message.ts, { message, follows: followsOther, element });
    return element;
  }

  #dayLine({ ts }) {
    const day = dayOf(ts);
    const key = `day ${day}`;
    const known = this.#items.get(key);
    if (known) return known.element;
    const element = h('li', { class: 'day' }, h('span', {}, day));
    this.#items.set(key, { element });
    return element;
  }

  #forget(messages) {
    const kept = new Set(messages.map(({ ts }) => ts));
    for (const key of this.#items.keys()) {
      if (!key.startsWith('day ') && !kept.has(key)) this.#items.delete(key);
    }
  }
}

/** Comes in softly, once: a class that stayed would play again whenever the list is shown again. */
function arrive(element) {
  element.classList.add('arrived');
  element.addEventListener('animationend', () => element.classList.remove('arrived'));
}

function follows(before, message) {
  return (
    before !== undefined &&
    before.user === message.user &&
    !before.is_ephemeral &&
    !message.is_ephemeral &&
    !before.blocks &&
    !message.blocks &&
    !message.subtype &&
    Number(message.ts) - Number(before.ts) < fiveMinutes
  );
}

/** Puts exactly these children there, moving only what is not in its place. */
function place(list, wanted) {
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((child, index) => {
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
  });
}

function focusIn(list) {
  const { activeElement } = document;
  if (!activeElement || !list.contains(activeElement)) return undefined;
  const ts = activeElement.closest('[data-ts]')?.dataset.ts;
  return { ts, action: activeElement.dataset.action, element: activeElement };
}

/** After an edit the focus goes to the same button, or to the message where the button is gone. */
function refocus(list, focused) {
  if (!focused?.ts || list.contains(focused.element)) return;
  const item = list.querySelector(`[data-ts="${focused.ts}"]`);
  if (!item) return;
  const again =
    (focused.action && item.querySelector(`[data-action="${focused.action}"]`)) || undefined;
  if (!again) item.tabIndex = -1;
  (again ?? item).focus({ preventScroll: true });
}
