import { customer } from '../bank/money.js';
import type { View } from '../router.js';
import { element } from '../ui/dom.js';

export const profile: View = {
  title: 'Profile',
  part: '/profile',
  async show({ signal }) {
    const { user, name, email } = await customer(signal);
    const row = (title: string, value: string, ...more: Node[]) =>
      element(
        'div',
        {},
        element('dt', {}, title),
        element('dd', {}, element('span', { class: 'grow' }, value), ...more),
      );
    const change = element('a', { href: '#/profile/email' }, 'Change');
    change.append(element('span', { class: 'sr-only' }, ' the e-mail address'));
    return element(
      'div',
      { class: 'stack' },
      element('h1', {}, 'Profile'),
      element(
        'dl',
        { class: 'card facts' },
        row('Name', name),
        row('User name', user),
        row('E-mail', email, change),
      ),
      element(
        'section',
        { class: 'card' },
        element('h2', {}, 'Close your account'),
        element('p', { class: 'muted' }, 'For good. It takes a passkey.'),
        element('p', {}, element('a', { class: 'danger-link', href: '#/profile/close' }, 'Close my account …')),
      ),
    );
  },
};
