import { Composer } from './composer.js';
import * as deeds from './deeds.js';
import { h, icon } from './dom.js';
import { MessageList } from './message-list.js';

/** The right panel: one message and its replies. */
export class ThreadView {
  #place;
  #store;
  #root;
  #list;
  #composer;
  #count = h('span', { class: 'thread-count' });
  #back;

  constructor(place, store, { onClose }) {
    this.#place = place;
    this.#store = store;
    const messages = h('ol', { class: 'messages', role: 'log', 'aria-label': 'Replies' });
    const scroller = h('div', { class: 'scroller', tabindex: '-1' }, messages);
    this.#list = new MessageList(messages, scroller, {
      store,
      place: 'thread',
      openThread: () => {},
    });
    this.#composer = new Composer({
      id: 'thread',
      commands: false,
      store,
      label: () => `Reply, or mention @${store.state?.app.handle ?? 'the app'}`,
      onSend: (text) => deeds.say(store.state.you, this.#rootMessage?.channel, text, this.#root),
    });
    place.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') onClose();
    });
    place.replaceChildren(
      h(
        'header',
        { class: 'bar' },
        h('h1', {}, 'Thread'),
        this.#count,
        h(
          'button',
          { type: 'button', class: 'close', 'aria-label': 'Close thread', onClick: onClose },
          icon('cross'),
        ),
      ),
      scroller,
      this.#composer.element,
    );
  }

  get root() {
    return this.#root;
  }

  open(ts) {
    this.#back = document.activeElement;
    this.#root = ts;
    this.#place.hidden = false;
    this.#composer.label();
    this.draw();
    this.#list.toEnd();
    this.#composer.focus();
  }

  close() {
    this.#root = undefined;
    this.#place.hidden = true;
    if (this.#back?.isConnected) this.#back.focus();
  }

  draw() {
    const root = this.#rootMessage;
    if (!root) {
      if (this.#root) this.close();
      return;
    }
    const replies = this.#store.inThread(root.channel, this.#root);
    this.#count.textContent =
      replies.length === 1 ? '1 reply' : replies.length > 1 ? `${replies.length} replies` : '';
    this.#list.draw([root, ...replies]);
  }

  get #rootMessage() {
    return this.#root && this.#store.message(this.#root);
  }
}
