import { isRefused } from '../bank/failures.js';
import { closeAccount, customer } from '../bank/money.js';
import { type Ending, session } from '../bank/session.js';
import type { View } from '../router.js';
import { element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { money } from '../ui/format.js';
import { setUp } from './set-up.js';

const UNSURE = 'We do not know whether your account is closed. Close it again: that does no harm.';

export const close: View = {
  title: 'Close your account',
  part: '/profile',
  async show({ signal }) {
    const { accounts } = await customer(signal);
    const left = accounts.reduce((sum, { balance }) => sum + Number(balance), 0);
    const each = accounts.map(({ name, balance }) => `${money(balance)} in your ${name.toLowerCase()}`);
    const warning = `There is ${each.join(' and ')}. What is there when your account is closed is lost to you.`;
    const sure = field({
      name: 'sure',
      label: left > 0 ? `I give up ${money(String(left))}.` : 'I close it for good.',
      attributes: { type: 'checkbox' },
    });
    sure.root.classList.add('tick');
    let ending: Ending = 'over';
    const created = form({
      fields: [sure],
      submit: 'Close my account',
      busy: 'Closing it …',
      isDangerous: true,
      actions: [element('a', { class: 'plain', href: '#/profile' }, 'Keep it')],
      explain: (error) => setUp(error, 'Your account is as it was.', UNSURE),
      async send() {
        try {
          await closeAccount(signal, ending);
        } catch (error) {
          if (!isRefused(error)) {
            // Of who has left the bank knows no login any more.
            ending = 'closed';
            await customer(signal, ending).catch(() => {});
          }
          throw error;
        }
        session.end('closed');
      },
    });
    return element(
      'section',
      { class: 'card narrow' },
      element('h1', {}, 'Close your account'),
      ...(left > 0 ? [element('p', { class: 'note wrong' }, warning)] : []),
      element('p', {}, 'You cannot sign in again. This cannot be undone.'),
      element('p', { class: 'muted' }, 'Because it cannot be undone, a passkey has to confirm it: no code will do.'),
      created,
    );
  },
};
