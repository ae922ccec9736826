import { Composer } from './composer.js';
import * as deeds from './deeds.js';
import { h, icon } from './dom.js';
import { MessageList } from './message-list.js';

/** The middle of the page: one channel, live. */
export class ChannelView {
  #place;
  #store;
  #list;
  #messages;
  #empty;
  #composer;
  #name = h('h1', {});
  #topic = h('span', { class: 'topic' });
  #people = h('span', { class: 'as-you' });
  #channel = '';

  constructor(place, store, { openThread, openMenu }) {
    this.#place = place;
    this.#store = store;
    this.#messages = h('ol', { class: 'messages', role: 'log', 'aria-label': 'Messages' });
    this.#empty = h('div', { class: 'empty' });
    const scroller = h('div', { class: 'scroller', tabindex: '-1' }, this.#empty, this.#messages);
    this.#list = new MessageList(this.#messages, scroller, { store, place: 'channel', openThread });
    this.#composer = new Composer({
      id: 'composer',
      commands: true,
      store,
      label: () => `Message #${this.#info?.name ?? ''}, or type / for a command`,
      onSend: (text) => this.#send(text),
    });
    const menu = h(
      'button',
      { type: 'button', class: 'menu', 'aria-label': 'Channels and people', onClick: openMenu },
      icon('menu'),
    );
    place.replaceChildren(
      h('header', { class: 'bar' }, menu, this.#name, this.#topic, this.#people),
      scroller,
      this.#composer.element,
    );
  }

  show(channel) {
    const other = this.#channel !== channel;
    this.#channel = channel;
    this.draw();
    if (!other) return;
    this.#composer.label();
    this.#list.toEnd();
  }

  draw() {
    const info = this.#info;
    if (!info) return;
    const messages = this.#store.inChannel(this.#channel);
    this.#name.replaceChildren(icon('hash'), info.name);
    this.#topic.textContent = info.topic;
    this.#people.replaceChildren('You are ', h('strong', {}, this.#store.you.realName));
    this.#place.classList.toggle('is-empty', messages.length === 0);
    this.#empty.replaceChildren(...(messages.length === 0 ? this.#whatToTry(info) : []));
    this.#list.draw(messages);
  }

  focus() {
    this.#composer.focus();
  }

  get #info() {
    return this.#store.state?.channels.find(({ id }) => id === this.#channel);
  }

  async #send(text) {
    const { you } = this.#store.state;
    const [, name, rest = ''] = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
    this.#list.toEnd();
    if (name) await deeds.command(you, this.#channel, name, rest);
    else await deeds.say(you, this.#channel, text);
  }

  #whatToTry({ name, topic }) {
    const { suggestions = [] } = this.#store.state;
    return [
      h('div', { class: 'empty-sign' }, icon('hash')),
      h('h2', {}, `This is the very beginning of #${name}`),
      h('p', {}, `${topic}. Nothing has been asked yet; here is what to try:`),
      h(
        'ul',
        { class: 'suggestions' },
        suggestions.map(({ text, why }) =>
          h(
            'li',
            {},
            h(
              'button',
              { type: 'button', onClick: () => this.#composer.fill(text) },
              h('code', {}, text),
              h('span', {}, why),
            ),
          ),
        ),
      ),
    ];
  }
}
