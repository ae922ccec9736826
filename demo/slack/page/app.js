import { ChannelView } from './channel.js';
import * as deeds from './deeds.js';
import { drawHome } from './home.js';
import { drawModal } from './modal.js';
import { drawSidebar } from './sidebar.js';
import { Store } from './store.js';
import { ThreadView } from './thread.js';

const sidebar = document.querySelector('#sidebar');
const main = document.querySelector('#channel');
const notice = document.querySelector('#notice');
const store = new Store();
const closeThread = () => {
  thread.close();
  document.body.classList.remove('with-thread');
};
const thread = new ThreadView(document.querySelector('#thread'), store, { onClose: closeThread });
let here;
let channelView;

/** Who and where is in the address, so that a window of one's own can be opened per person. */
function remember() {
  const address = new URLSearchParams({ as: store.state.you, at: here });
  history.replaceState(null, '', `?${address}`);
}

function go(target) {
  here = target;
  document.body.classList.remove('with-menu');
  closeThread();
  channelView = undefined;
  if (target === 'home') void deeds.openHome(store.state.you);
  drawAll();
  channelView?.focus();
  remember();
}

async function become(person) {
  document.body.classList.remove('with-menu');
  await store.sitDown(person);
  if (here === 'home') await deeds.openHome(person);
  remember();
}

function openThread(ts) {
  document.body.classList.add('with-thread');
  thread.open(ts);
}

const openMenu = () => document.body.classList.toggle('with-menu');

function drawMain() {
  if (here === 'home') {
    drawHome(main, store, { openMenu });
    return;
  }
  channelView ??= new ChannelView(main, store, { openThread, openMenu });
  channelView.show(here);
}

function drawBar() {
  const focused = document.activeElement?.closest?.('.seat') ? store.state.you : undefined;
  drawSidebar(sidebar, store, { here, go, become });
  if (focused) sidebar.querySelector(`input[value="${focused}"]`)?.focus();
}

function drawAll() {
  drawBar();
  drawMain();
  thread.draw();
  const where = store.state.channels.find(({ id }) => id === here);
  document.title = `${where ? `#${where.name}` : store.state.app.name} · ${store.state.team.name}`;
}

function drawNotice() {
  notice.hidden = store.linked && store.state.connected;
  notice.className = store.linked ? 'warn' : 'lost';
  notice.textContent = store.linked
    ? `${store.state.app.name} is not connected: commands and buttons will not be answered.`
    : 'The local Slack does not answer. Trying to reach it again …';
}

store.listen((change) => {
  if (!store.state) return;
  here ??= store.state.channels[0].id;
  if (change.kind === 'state') {
    drawAll();
    drawModal(store);
  } else if (change.kind === 'app') drawBar();
  else if (change.kind === 'home') drawMain();
  else if (change.kind.startsWith('modal')) drawModal(store);
  else if (change.kind !== 'link') {
    if (here !== 'home') drawMain();
    thread.draw();
  }
  drawNotice();
});

document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') document.body.classList.remove('with-menu');
});
main.addEventListener('click', ({ target }) => {
  if (!target.closest('.menu')) document.body.classList.remove('with-menu');
});

const asked = new URLSearchParams(location.search);
here = asked.get('at') ?? undefined;
await store.sitDown(asked.get('as') ?? 'first');
if (store.state) {
  remember();
  channelView?.focus();
} else {
  notice.hidden = false;
  notice.className = 'lost';
  notice.textContent = 'The local Slack does not answer. Trying to reach it again …';
}
