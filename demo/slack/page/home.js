import { blocks } from './blocks.js';
import { h, icon } from './dom.js';

/** The app's Home tab, as the app published it for this person. */
export function drawHome(place, store, { openMenu }) {
  const { app, home } = store.state;
  place.replaceChildren(
    h(
      'header',
      { class: 'bar' },
      h(
        'button',
        { type: 'button', class: 'menu', 'aria-label': 'Channels and people', onClick: openMenu },
        icon('menu'),
      ),
      h('h1', {}, app.name),
      h('span', { class: 'badge' }, 'APP'),
      h('span', { class: 'topic' }, 'Home'),
    ),
    h(
      'div',
      { class: 'scroller home' },
      home
        ? h(
            'div',
            { class: 'content' },
            blocks(home.blocks, { message: { ts: 'home' }, store, redraw: () => {} }),
          )
        : h('p', { class: 'quiet' }, 'The app shows nothing here yet.'),
    ),
  );
}
