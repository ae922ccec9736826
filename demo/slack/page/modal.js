import { blocks } from './blocks.js';
import * as deeds from './deeds.js';
import { h } from './dom.js';
import { plain, plainNodes } from './mrkdwn.js';

const dialog = document.querySelector('#modal');
const troubles = {
  operation_timeout: 'The app did not answer in time. Try again.',
  dispatch_failed: 'The app could not be reached. Try again.',
};
let shown;

/** Shows the newest dialog that the app has opened for this person, or none. */
export function drawModal(store) {
  const modal = store.state.modals.at(-1);
  if (modal?.id === shown) return;
  shown = modal?.id;
  if (!modal) return dialog.close();
  const { view, id } = modal;
  const trouble = h('p', { class: 'trouble', role: 'alert' });
  const send = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    const { error } = await deeds.submit(store.state.you, id, values);
    trouble.textContent = error ? (troubles[error] ?? `That did not work (${error}).`) : '';
  };
  const close = () => void deeds.closeModal(store.state.you, id);
  dialog.replaceChildren(
    h(
      'form',
      { onSubmit: send },
      h('h2', { id: 'modal-title' }, plainNodes(view.title.text)),
      view.blocks.map((block) =>
        block.type === 'input' ? input(block) : blocks([block], { store }),
      ),
      trouble,
      h(
        'div',
        { class: 'dialog-buttons' },
        h(
          'button',
          { type: 'button', class: 'button', onClick: close },
          plain(view.close?.text ?? 'Close'),
        ),
        view.submit
          ? h('button', { type: 'submit', class: 'button primary' }, plain(view.submit.text))
          : undefined,
      ),
    ),
  );
  dialog.oncancel = close;
  if (!dialog.open) dialog.showModal();
}

function input({ block_id: name, label, element, optional }) {
  return h(
    'label',
    { class: 'modal-input' },
    h('span', {}, plainNodes(`${label.text}${optional ? ' (optional)' : ''}`)),
    h('input', {
      name,
      type: 'text',
      maxlength: element.max_length,
      required: !optional,
      autofocus: true,
    }),
  );
}
