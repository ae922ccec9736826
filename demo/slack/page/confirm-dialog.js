import { h } from './dom.js';
import { mrkdwn, plain, plainNodes } from './mrkdwn.js';

/** Asks what a button's confirm object asks; resolves true when the person says yes. */
export function confirmed(confirm, store) {
  const dialog = document.querySelector('#confirm');
  const { title, text, confirm: yes, deny, style } = confirm;
  const words = text.type === 'mrkdwn' ? mrkdwn(text.text, store) : plainNodes(text.text);
  dialog.replaceChildren(
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'confirm-title' }, plainNodes(title?.text ?? 'Are you sure?')),
      h('p', {}, words),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { value: 'no', class: 'button' }, plain(deny?.text ?? 'Cancel')),
        h(
          'button',
          { value: 'yes', class: `button ${style ?? 'primary'}`, autofocus: true },
          plain(yes?.text ?? 'Yes'),
        ),
      ),
    ),
  );
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
