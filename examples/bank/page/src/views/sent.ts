import type { Receipt } from '../bank/money.js';
import { type View, goOn } from '../router.js';
import { button, byId, element } from '../ui/dom.js';
import { money, moment } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { facts } from './facts.js';

const NAME = 'bank.receipt';

const AGAIN =
  'Once you have confirmed, more payments need no confirmation for five minutes, while this page stays open. For developers: ';

export function keep(receipt: Receipt): void {
  sessionStorage.setItem(NAME, JSON.stringify(receipt));
}

export const sent: View = {
  title: 'Sent',
  part: '/pay',
  async show() {
    const kept = sessionStorage.getItem(NAME);
    if (kept === null) {
      goOn('/');
      return undefined;
    }
    const { to, amount, at, balance }: Receipt = JSON.parse(kept);
    const requests = button('see the requests', () => byId('drawer', 'button').click(), { class: 'link' });
    return element(
      'section',
      { class: 'card narrow receipt' },
      element('p', { class: 'seal' }, icon('check')),
      element('h1', {}, `${money(amount)} sent`),
      element('p', { class: 'lead' }, `to ${to}`),
      facts(['When', moment(at)], ['Left in current account', money(balance)]),
      element(
        'div',
        { class: 'actions' },
        element('a', { class: 'primary', href: '#/' }, 'Done'),
        element('a', { class: 'plain', href: '#/pay' }, 'Send something else'),
      ),
      element('p', { class: 'aside' }, AGAIN, requests),
    );
  },
};
