import type { Problem } from '../bank/api.js';
import { sentence } from '../bank/failures.js';
import { customer, demoUsers } from '../bank/money.js';
import { session } from '../bank/session.js';
import type { View } from '../router.js';
import { button, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { amountOf, money, moment } from '../ui/format.js';
import { type Order, dropDraft, savedDraft, settle } from './draft.js';
import { review } from './review.js';

export const pay: View = {
  title: 'Send money',
  part: '/pay',
  async show({ signal }) {
    const [{ accounts, transfers }, users] = await Promise.all([customer(signal), demoUsers(signal)]);
    const made = settle(transfers);
    const draft = savedDraft();
    const to = field({
      name: 'to',
      label: 'To',
      hint: 'The user name of another customer.',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '64' },
    });
    const from = accounts[0];
    const amount = field({
      name: 'amount',
      label: 'Amount',
      hint: from === undefined ? '' : `There is ${money(from.balance)} in your ${from.name.toLowerCase()}.`,
      prefix: '€',
      attributes: { autocomplete: 'off', inputmode: 'decimal', maxlength: '16' },
    });
    to.input.value = draft?.to ?? '';
    amount.input.value = draft?.amount ?? '';
    const pick = (user: string) => {
      to.input.value = user;
      to.clear();
      amount.input.focus();
    };
    const others = users.filter(({ user }) => user !== session.login?.user);
    const picks = others.map(({ user, name }) => button(name, () => pick(user), { class: 'pick small' }));
    to.root.append(element('div', { class: 'picks' }, ...picks));

    const about = element('div', { class: 'about', role: 'status' });
    const entry = form({
      fields: [to, amount],
      submit: 'Continue',
      busy: 'Continue',
      explain: sentence,
      async send() {
        const sum = amountOf(amount.input.value);
        if (sum === undefined || Number(sum) === 0) {
          throw new Mistake(amount, 'Write an amount such as 25 or 25.50.');
        }
        const user = to.input.value.trim();
        const name = users.find((one) => one.user === user)?.name;
        look({ to: user, name, amount: sum })?.focus();
      },
    });
    const step = element('div', { class: 'step' });
    const look = (order: Order) => {
      const another = () => {
        dropDraft();
        look(order)?.focus();
      };
      entry.hidden = true;
      step.replaceChildren(review({ order, transfers, signal, change }));
      about.replaceChildren(...open(order, another));
      return step.querySelector('h2');
    };
    const change = (wrong?: Problem) => {
      entry.hidden = false;
      step.replaceChildren();
      about.replaceChildren(...open());
      const isOfRecipient = ['unknown-recipient', 'own-account'].includes(wrong?.name ?? '');
      const at = isOfRecipient ? to : amount;
      if (wrong !== undefined) {
        at.fail(wrong.detail);
      }
      at.input.focus();
    };
    if (draft?.isOpen) {
      look(draft);
    } else if (made !== undefined) {
      const { name, to: user } = made;
      const went = `${money(made.amount)} to ${name ?? user} went through: you see it among your transfers.`;
      about.append(element('p', { class: 'note' }, went));
    }
    const head = element('div', {}, element('h1', {}, 'Send money'), about);
    return element('section', { class: 'card narrow' }, head, entry, step);
  },
};

/** A transfer whose answer was lost, beside what is about to be sent. */
function open(order?: Order, another?: () => void): HTMLElement[] {
  const draft = savedDraft();
  if (!draft?.isOpen) {
    return [];
  }
  const begun = `was begun ${moment(draft.at)}, and may have been made.`;
  const isSame = draft.to === order?.to && draft.amount === order.amount;
  const said = isSame
    ? `This ${begun} However often you send it, it is one transfer.`
    : `${money(draft.amount)} to ${draft.name ?? draft.to} ${begun} With another amount or recipient it is another transfer, beside that one.`;
  const actions = element('p', { class: 'actions' }, element('a', { class: 'plain', href: '#/' }, 'Look at your transfers'));
  if (isSame && another !== undefined) {
    actions.append(button('It is another one', another, { class: 'plain' }));
  }
  return [element('div', { class: 'note' }, element('p', {}, said), actions)];
}
