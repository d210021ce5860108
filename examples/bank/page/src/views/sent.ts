import type { Receipt } from '../bank/money.js';
import { type View, goOn } from '../router.js';
import { element } from '../ui/dom.js';
import { money, moment } from '../ui/format.js';
import { icon } from '../ui/icons.js';

export const sent: View = {
  title: 'Sent',
  part: '/pay',
  async show() {
    const saved = sessionStorage.getItem('bank.receipt');
    if (saved === null) {
      goOn('/');
      return undefined;
    }
    const { to, amount, at, balance }: Receipt = JSON.parse(saved);
    return element(
      'section',
      { class: 'card narrow receipt' },
      element('p', { class: 'seal' }, icon('check')),
      element('h1', {}, `${money(amount)} sent`),
      element('p', { class: 'lead' }, `to ${to}`),
      element(
        'dl',
        { class: 'facts' },
        ...fact('When', moment(at)),
        ...fact('Left in the account', money(balance)),
      ),
      element(
        'div',
        { class: 'actions' },
        element('a', { class: 'primary', href: '#/' }, 'Done'),
        element('a', { class: 'plain', href: '#/pay' }, 'Send again'),
      ),
    );
  },
};

function fact(name: string, value: string): HTMLElement[] {
  return [element('div', {}, element('dt', {}, name), element('dd', {}, value))];
}
