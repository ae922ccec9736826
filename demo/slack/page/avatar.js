import { h } from './dom.js';

const hues = { U0RITA: 268, U0ANN: 152, U0OLAF: 24, U0SAM: 205 };

/** A person's initials on a colour of their own; the app has the points on its tile. */
export function avatar(person, size = '') {
  if (person.isApp) {
    const own = person.id !== 'USLACKBOT';
    return own
      ? h('img', { class: `avatar ${size}`, src: 'icon.svg', alt: '' })
      : h('span', { class: `avatar bot ${size}`, 'aria-hidden': 'true' }, 'S');
  }
  const initials = person.realName
    .split(' ')
    .map((word) => word[0])
    .slice(0, 2)
    .join('');
  const colour = `hue-${nearestHue(hues[person.id] ?? hueOf(person.id))}`;
  return h('span', { class: `avatar ${colour} ${size}`, 'aria-hidden': 'true' }, initials);
}

// The style sheet has these colours; the page's policy allows no inline style.
const known = [24, 60, 110, 152, 205, 268, 320];

function nearestHue(hue) {
  return known.reduce((best, each) => (Math.abs(each - hue) < Math.abs(best - hue) ? each : best));
}

function hueOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}
