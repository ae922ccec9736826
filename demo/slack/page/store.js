/**
 * What the page knows of the workspace, kept up to date by the server's event stream.
 * Listeners hear `state` (all is new), `message`, `removed`, `ephemeral`, `ephemeral_removed`, `home`, `modal`,
 * `modal_closed`, `app` and `link`.
 */
export class Store {
  state = undefined;
  /** False while the server does not answer. */
  linked = true;
  #listeners = new Set();
  #source = undefined;
  #as = '';

  listen(listener) {
    this.#listeners.add(listener);
  }

  get you() {
    return this.state.people.find(({ id }) => id === this.state.you);
  }

  person(id) {
    const { people, app } = this.state;
    if (id === app.userId) return { id, name: app.handle, realName: app.name, isApp: true };
    if (id === 'USLACKBOT') return { id, name: 'slackbot', realName: 'Slackbot', isApp: true };
    return people.find((person) => person.id === id) ?? { id, name: id, realName: id };
  }

  message(ts) {
    return this.state.messages.find((message) => message.ts === ts);
  }

  /** Roots, lone messages, broadcast replies and what is whispered there, oldest first. */
  inChannel(channel) {
    const shown = this.state.messages.filter(
      (message) =>
        message.channel === channel &&
        (!message.thread_ts || message.thread_ts === message.ts || message.subtype),
    );
    return sorted([...shown, ...this.#whispered(channel, undefined)]);
  }

  inThread(channel, root) {
    const replies = this.state.messages.filter(
      ({ thread_ts, ts, channel: where }) => where === channel && thread_ts === root && ts !== root,
    );
    return sorted([...replies, ...this.#whispered(channel, root)]);
  }

  /** Sits down as a person: reads everything, then listens. */
  async sitDown(as) {
    this.#as = as;
    this.#source?.close();
    this.#source = new EventSource(`/page/events?as=${encodeURIComponent(as)}`);
    this.#source.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#source.onerror = () => this.#setLinked(false);
    // After a gap the stream alone would leave out what happened meanwhile.
    this.#source.onopen = () => {
      if (!this.linked) void this.#readAll();
    };
    await this.#readAll();
  }

  async #readAll() {
    const as = this.#as;
    try {
      const response = await fetch(`/page/state?as=${encodeURIComponent(as)}`);
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const state = await response.json();
      if (as !== this.#as) return;
      this.state = state;
      this.#tell({ kind: 'state' });
      this.#setLinked(true);
    } catch {
      this.#setLinked(false);
      setTimeout(() => as === this.#as && !this.linked && this.#readAll(), 1000);
    }
  }

  #hear(change) {
    const { state } = this;
    if (!state) return;
    if (change.kind === 'message') put(state.messages, change.message, ({ ts }) => ts);
    if (change.kind === 'ephemeral') {
      put(state.ephemerals, change.ephemeral, ({ message }) => message.ts);
    }
    if (change.kind === 'removed') {
      state.messages = state.messages.filter(
        ({ ts, thread_ts }) => ts !== change.ts && thread_ts !== change.ts,
      );
    }
    if (change.kind === 'ephemeral_removed') {
      state.ephemerals = state.ephemerals.filter(({ message }) => message.ts !== change.ts);
    }
    if (change.kind === 'modal') put(state.modals, change.modal, ({ id }) => id);
    if (change.kind === 'modal_closed') {
      state.modals = state.modals.filter(({ id }) => id !== change.id);
    }
    if (change.kind === 'home') state.home = change.view;
    if (change.kind === 'app') state.connected = change.connected;
    this.#tell(change);
  }

  #whispered(channel, root) {
    return this.state.ephemerals
      .map(({ message }) => message)
      .filter((message) => message.channel === channel && message.thread_ts === root);
  }

  #setLinked(linked) {
    if (this.linked === linked) return;
    this.linked = linked;
    this.#tell({ kind: 'link' });
  }

  #tell(change) {
    for (const listener of this.#listeners) listener(change);
  }
}

function put(list, item, key) {
  const index = list.findIndex((old) => key(old) === key(item));
  if (index < 0) list.push(item);
  else list[index] = item;
}

function sorted(messages) {
  return messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
}
