import { type Customer, customer } from '../bank/money.js';
import type { View } from '../router.js';
import { element } from '../ui/dom.js';
import { money, moment } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { lost, told } from './lost.js';

export const home: View = {
  title: 'Accounts',
  part: '/',
  async show({ signal }) {
    const [{ name, accounts, transfers }, before] = await Promise.all([customer(signal), lost(signal)]);
    return element(
      'div',
      { class: 'columns' },
      element(
        'section',
        {},
        element('h1', {}, `Hello, ${name.split(' ')[0]}`),
        ...(before === undefined ? [] : [told(before)]),
        ...accounts.map(card),
        element('p', {}, element('a', { class: 'primary wide', href: '#/pay' }, 'Send money')),
      ),
      element('section', {}, element('h2', {}, 'Latest'), latest(transfers)),
    );
  },
};

function card({ name, number, balance }: Customer['accounts'][number]): HTMLElement {
  return element(
    'article',
    { class: 'card account' },
    element('h2', {}, name),
    element('p', { class: 'balance' }, money(balance)),
    element('p', { class: 'muted' }, number),
  );
}

function latest(transfers: Customer['transfers']): HTMLElement {
  if (transfers.length === 0) {
    return element('p', { class: 'card muted' }, 'Nothing was sent or received yet.');
  }
  return element('ul', { class: 'card rows' }, ...transfers.map(row));
}

function row({ from, to, amount, at, direction }: Customer['transfers'][number]): HTMLElement {
  const isOut = direction === 'out';
  const sign = isOut ? '−' : '+';
  const way = element('span', { class: 'sr-only' }, isOut ? 'To ' : 'From ');
  const who = element('span', {}, way, isOut ? to : from);
  return element(
    'li',
    {},
    element('span', { class: `badge ${direction}` }, icon(direction)),
    element('span', { class: 'grow' }, who, element('small', {}, moment(at))),
    element('span', { class: `sum ${direction}` }, `${sign}${money(amount)}`),
  );
}
