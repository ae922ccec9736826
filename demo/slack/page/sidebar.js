import { avatar } from './avatar.js';
import { h, icon } from './dom.js';

/** The left bar: where one can be, and who one can be. `go(place)` and `become(id)` do it. */
export function drawSidebar(place, store, { here, go, become }) {
  const { team, channels, app, people, connected, you } = store.state;
  const entry = (name, target, sign, extra) =>
    h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'entry',
          'aria-current': here === target ? 'page' : undefined,
          onClick: () => go(target),
        },
        sign,
        h('span', { class: 'entry-name' }, name),
        extra,
      ),
    );
  place.replaceChildren(
    h(
      'div',
      { class: 'team' },
      h('img', { class: 'avatar', src: 'icon.svg', alt: '' }),
      h('div', {}, h('strong', {}, team.name), h('span', { class: 'team-note' }, 'Local Slack')),
    ),
    h(
      'div',
      { class: 'places' },
      h('h2', {}, 'Channels'),
      h(
        'ul',
        {},
        channels.map(({ id, name }) => entry(name, id, icon('hash'))),
      ),
      h('h2', {}, 'Apps'),
      h(
        'ul',
        {},
        entry(
          app.name,
          'home',
          h('span', { class: connected ? 'presence on' : 'presence', 'aria-hidden': 'true' }),
          h('span', { class: 'entry-note' }, connected ? 'connected' : 'not connected'),
        ),
      ),
    ),
    h(
      'fieldset',
      { class: 'people' },
      h('legend', {}, 'You are:'),
      people.map((person) => seat(person, person.id === you, become)),
    ),
  );
}

function seat(person, chosen, become) {
  return h(
    'label',
    { class: chosen ? 'seat chosen' : 'seat' },
    h('input', {
      type: 'radio',
      name: 'you',
      value: person.id,
      checked: chosen,
      onChange: () => become(person.id),
    }),
    avatar(person, 'small'),
    h(
      'span',
      { class: 'seat-words' },
      h(
        'span',
        { class: 'seat-name' },
        person.realName,
        h('span', { class: 'seat-title' }, person.title),
      ),
      h('span', { class: 'seat-may' }, person.may),
    ),
  );
}
