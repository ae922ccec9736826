import { h } from './dom.js';

const disc = (colour) => `<circle cx="10" cy="10" r="8.5" fill="${colour}"/>`;
const square = (colour) => `<rect x="1.5" y="1.5" width="17" height="17" rx="3" fill="${colour}"/>`;
const stroke = (path, colour, width = 2.6) =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const tick = (colour) => stroke('M5.5 10.5l3 3.2 6-7', colour);
const padlock = (shackle) =>
  `${stroke(shackle, '#8a94a0', 2.2)}<rect x="3.5" y="9" width="13" height="9" rx="2" fill="#e8a317"/><circle cx="10" cy="13.5" r="1.6" fill="#7a4f00"/>`;

/** Pictures for the characters that a machine without an emoji font would show as empty boxes. */
const shapes = {
  '🔵': disc('#2f80ed'),
  '🟢': disc('#27ae60'),
  '🟡': disc('#f2c037'),
  '🔴': disc('#e0364c'),
  '⚪': disc('#c9ced4'),
  '⚫': disc('#3a4048'),
  '🟦': square('#2f80ed'),
  '🟩': square('#27ae60'),
  '✅': square('#27ae60') + tick('#fff'),
  '☑️': square('#2f80ed') + tick('#fff'),
  '✔️': tick('#27ae60'),
  '❌': stroke('M4.5 4.5l11 11M15.5 4.5l-11 11', '#e0364c', 3),
  '❔': stroke('M6.8 7.2a3.2 3.2 0 1 1 4.6 2.9c-.9.5-1.4 1-1.4 2M10 15.9v.1', '#8a94a0'),
  '❓': stroke('M6.8 7.2a3.2 3.2 0 1 1 4.6 2.9c-.9.5-1.4 1-1.4 2M10 15.9v.1', '#e0364c'),
  '❗': stroke('M10 3.5v8.5M10 16v.1', '#e0364c', 3),
  '⚠️': `<path d="M10 1.8l8.7 15.7H1.3z" fill="#f2b01e" stroke="#f2b01e" stroke-width="1.5" stroke-linejoin="round"/>${stroke('M10 7.5v4.2M10 14.7v.1', '#3a2a00', 2)}`,
  '⛔': `${disc('#e0364c')}<rect x="4.5" y="8.3" width="11" height="3.4" rx="1" fill="#fff"/>`,
  '🚫': `<circle cx="10" cy="10" r="7.5" fill="none" stroke="#e0364c" stroke-width="2.4"/>${stroke('M5 15L15 5', '#e0364c', 2.4)}`,
  '🔒': padlock('M6 9V6.5a4 4 0 0 1 8 0V9'),
  '🔓': padlock('M6 9V6a4 4 0 0 1 7.6-1.7'),
  '🛟': `<circle cx="10" cy="10" r="6.2" fill="none" stroke="#f0592a" stroke-width="5"/>${stroke('M10 1.5v4.5M10 14v4.5M1.5 10H6M14 10h4.5', '#fff', 2.8)}`,
  '🚨': `<path d="M5 15v-4a5 5 0 0 1 10 0v4z" fill="#e0364c"/><rect x="3" y="15" width="14" height="3" rx="1" fill="#5b6b7c"/>`,
  '⏪': `<path d="M10 4v12L2 10zM18 4v12l-8-6z" fill="#2f80ed"/>`,
  '⏳': `<path d="M5 2h10v1.5c0 3-3 4.5-4.2 6.5 1.2 2 4.2 3.5 4.2 6.5V18H5v-1.5c0-3 3-4.5 4.2-6.5C8 8 5 6.5 5 3.5z" fill="#d9a441"/>`,
  '🔄': stroke(
    'M15.5 7A6.2 6.2 0 0 0 4 9M4.5 13A6.2 6.2 0 0 0 16 11M15.8 3v4h-4M4.2 17v-4h4',
    '#2f80ed',
    2,
  ),
};

const known = new RegExp(
  `(${Object.keys(shapes)
    .map((character) => character.replace('\uFE0F', '\uFE0F?'))
    .join('|')})`,
  'u',
);

/** Text with the pictures put where their characters stood; copied, they are the characters again. */
export function pictured(text) {
  return text
    .split(known)
    .filter((part) => part !== '')
    .map((part) => {
      const shape = shapes[part] ?? shapes[`${part}\uFE0F`];
      return shape ? h('img', { class: 'emoji', alt: part, src: pictureOf(shape) }) : part;
    });
}

function pictureOf(shape) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">${shape}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
