/**
 * Makes an element. Text only ever becomes text nodes: nothing that arrives is read as HTML.
 * Properties: `class`, `on<Event>` listeners, anything else an attribute (true = empty, false and undefined = absent).
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) give(element, name, value);
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== null));
  return element;
}

function give(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2).toLowerCase(), value);
  else element.setAttribute(name, value === true ? '' : String(value));
}

const paths = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  send: 'M2.5 8l11-5-3.5 10.5L7.5 9z',
  eye: 'M1.5 8s2.4-4.5 6.5-4.500S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8zM8 6.200a1.8 1.8 0 100 3.6 1.8 1.8 0 000-3.600z',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  hash: 'M6.2 2.500L5 13.500M11 2.500L9.8 13.500M2.5 6h11.300M2.2 10h11.3',
  thread: 'M2.5 3.500h11v7.500H8L4.5 13.800V11h-2z',
  warning: 'M8 2.200l6.3 11.300H1.700zM8 6.500v3.200M8 11.600v.1',
  up: 'M4 10l4-4.5 4 4.5',
  down: 'M4 6l4 4.500L12 6',
  left: 'M10 4L5.5 8l4.5 4',
  right: 'M6 4l4.5 4L6 12',
  list: 'M6 4h7.500M6 8h7.500M6 12h7.500M2.6 4h.1M2.6 8h.1M2.6 12h.1',
};

/** One of the page's own line icons; hidden from screen readers, its button says what it does. */
export function icon(name) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
