import { closeAccount, customer } from '../bank/money.js';
import { session } from '../bank/session.js';
import type { View } from '../router.js';
import { element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { money } from '../ui/format.js';
import { setUp } from './set-up.js';

const UNSURE =
  'We do not know whether your account is closed. Close it again: if you are signed out then, and cannot sign in, it is.';

export const close: View = {
  title: 'Close your account',
  part: '/profile',
  async show({ signal }) {
    const { accounts } = await customer(signal);
    const left = accounts.reduce((sum, { balance }) => sum + Number(balance), 0);
    const each = accounts.map(({ name, balance }) => `${money(balance)} in your ${name.toLowerCase()}`);
    const warning = `There is ${each.join(' and ')}. Send it on first: once your account is closed, you cannot get at it.`;
    const sure = field({
      name: 'sure',
      label: left > 0 ? `Close it with ${money(String(left))} in it.` : 'Close it for good.',
      attributes: { type: 'checkbox' },
    });
    sure.root.classList.add('tick');
    const created = form({
      fields: [sure],
      submit: 'Close my account',
      busy: 'Closing it …',
      isDangerous: true,
      actions: [element('a', { class: 'plain', href: '#/profile' }, 'Keep it')],
      explain: (error) => setUp(error, 'Your account is as it was.', UNSURE),
      async send() {
        await closeAccount(signal);
        session.end('closed');
      },
    });
    return element(
      'section',
      { class: 'card narrow' },
      element('h1', {}, 'Close your account'),
      ...(left > 0 ? [element('p', { class: 'note wrong' }, warning)] : []),
      element('p', {}, 'Nobody signs in by your name again, and the ways to confirm that it is you are removed. Nobody can undo this.'),
      element('p', { class: 'muted' }, 'Because it cannot be undone, a passkey has to confirm it: no code will do.'),
      created,
    );
  },
};
