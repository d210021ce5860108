import { closeAccount } from '../bank/money.js';
import { session } from '../bank/session.js';
import type { View } from '../router.js';
import { element } from '../ui/dom.js';
import { form } from '../ui/form.js';
import { setUp } from './set-up.js';

export const close: View = {
  title: 'Close your account',
  part: '/profile',
  async show({ signal }) {
    const created = form({
      submit: 'Close my account',
      busy: 'Closing it …',
      isDangerous: true,
      actions: [element('a', { class: 'plain', href: '#/profile' }, 'Keep it')],
      explain: (error) => setUp(error, 'Your account is as it was.'),
      async send() {
        await closeAccount(signal);
        session.end('closed');
      },
    });
    return element(
      'section',
      { class: 'card narrow' },
      element('h1', {}, 'Close your account'),
      element('p', {}, 'Your account, its balance and the ways to confirm that it is you are deleted. Nobody can undo this.'),
      element('p', { class: 'muted' }, 'Because it cannot be undone, a passkey has to confirm it: no code will do.'),
      created,
    );
  },
};
