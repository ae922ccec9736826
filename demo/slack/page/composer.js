import { commandIn, offers } from './completion.js';
import { h, icon } from './dom.js';

/** A box to type in: Enter sends, Shift+Enter breaks the line, the arrows choose an offer or an earlier line. */
export class Composer {
  element;
  #text;
  #list;
  #hint;
  #send;
  #history = [];
  #back = 0;
  #offers = [];
  #chosen = 0;
  #options;

  /** `options`: id, label (function), store, commands (whether slash commands work here), onSend(text). */
  constructor(options) {
    this.#options = options;
    const { id } = options;
    this.#list = h('ul', { id: `${id}-offers`, role: 'listbox', class: 'offers', hidden: true });
    this.#hint = h('div', { id: `${id}-hint`, class: 'usage' });
    this.#text = h('textarea', {
      id: `${id}-text`,
      rows: '1',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      'aria-controls': `${id}-offers`,
      'aria-describedby': `${id}-hint`,
      onInput: () => this.#typed(),
      onKeydown: (event) => this.#key(event),
      onBlur: () => this.#offer([]),
    });
    this.#send = h(
      'button',
      { type: 'submit', class: 'send', 'aria-label': 'Send', disabled: true },
      icon('send'),
    );
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.element = h(
      'form',
      { class: 'composer', onSubmit: submit },
      this.#list,
      h('div', { class: 'box' }, this.#text, this.#send),
      this.#hint,
    );
    this.label();
  }

  /** Says anew where this writes to. */
  label() {
    const label = this.#options.label();
    this.#text.setAttribute('aria-label', label);
    this.#text.setAttribute('placeholder', label);
    this.#typed();
  }

  fill(text) {
    this.#text.value = text;
    this.#text.focus();
    this.#text.setSelectionRange(text.length, text.length);
    this.#typed();
  }

  focus() {
    this.#text.focus();
  }

  #typed() {
    const { value, selectionStart } = this.#text;
    const { store, commands } = this.#options;
    this.#send.disabled = value.trim() === '';
    this.#grow();
    // The thread's box is there before the workspace is known.
    if (!store.state) return;
    const found = offers(value, selectionStart, store.state);
    this.#offer(commands ? found : found.filter(({ label }) => !label.startsWith('/')));
    const command = commands && commandIn(value, store.state.commands);
    this.#hint.replaceChildren(...this.#hintFor(command, value));
  }

  #hintFor(command, value) {
    if (command) return [h('code', {}, command.command), ` ${command.usageHint}`];
    if (!this.#options.commands && value.startsWith('/')) {
      return ['Slash commands do not work in threads. Mention the app instead.'];
    }
    return [];
  }

  #grow() {
    this.#text.rows = Math.min(8, this.#text.value.split('\n').length);
  }

  #offer(found) {
    this.#offers = found;
    this.#chosen = 0;
    this.#drawOffers();
  }

  #drawOffers() {
    const { id } = this.#options;
    const open = this.#offers.length > 0;
    this.#list.hidden = !open;
    this.#text.setAttribute('aria-expanded', String(open));
    if (open) this.#text.setAttribute('aria-activedescendant', `${id}-offer-${this.#chosen}`);
    else this.#text.removeAttribute('aria-activedescendant');
    this.#list.replaceChildren(
      ...this.#offers.map((offer, index) =>
        h(
          'li',
          {
            id: `${id}-offer-${index}`,
            role: 'option',
            'aria-selected': String(index === this.#chosen),
            // Before the box loses the focus, and the list with it.
            onMousedown: (event) => {
              event.preventDefault();
              this.#take(offer);
            },
          },
          h('strong', {}, offer.label),
          h('span', { class: 'offer-hint' }, offer.hint),
          h('span', { class: 'offer-detail' }, offer.detail),
        ),
      ),
    );
  }

  #take(offer) {
    this.#text.value = offer.text;
    this.#text.focus();
    this.#text.setSelectionRange(offer.caret, offer.caret);
    this.#typed();
  }

  #key(event) {
    if (event.isComposing) return;
    const open = this.#offers.length > 0;
    const deeds = {
      ArrowDown: () => (open ? this.#choose(1) : this.#recall(-1)),
      ArrowUp: () => (open ? this.#choose(-1) : this.#recall(1)),
      Tab: () => open && this.#takeChosen(),
      Escape: () => open && this.#dismissOffers(),
      Enter: () => !event.shiftKey && this.#enter(open),
    };
    if (deeds[event.key]?.()) event.preventDefault();
  }

  #choose(by) {
    const count = this.#offers.length;
    this.#chosen = (this.#chosen + by + count) % count;
    this.#drawOffers();
    return true;
  }

  #takeChosen() {
    this.#take(this.#offers[this.#chosen]);
    return true;
  }

  #dismissOffers() {
    this.#offer([]);
    return true;
  }

  /** Enter takes an offer that would change the text, and else sends. */
  #enter(open) {
    const offer = open ? this.#offers[this.#chosen] : undefined;
    if (offer && offer.text.trim() !== this.#text.value.trim()) this.#take(offer);
    else this.#submit();
    return true;
  }

  /** Earlier lines come back while the box is empty or shows one of them. */
  #recall(by) {
    const { value } = this.#text;
    const showing = this.#back > 0 && value === this.#history.at(-this.#back);
    if (value !== '' && !showing) return false;
    const back = this.#back + by;
    if (back < 0 || back > this.#history.length) return false;
    this.#back = back;
    this.fill(back === 0 ? '' : this.#history.at(-back));
    this.#offer([]);
    return true;
  }

  #submit() {
    const text = this.#text.value.trim();
    if (text === '') return;
    this.#history.push(text);
    this.#back = 0;
    this.#text.value = '';
    this.#typed();
    this.#options.onSend(text);
  }
}
