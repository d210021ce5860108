import { Problem } from '../bank/api.js';
import { demo } from '../bank/demo.js';
import { sentence } from '../bank/failures.js';
import { type Account, customer, recipient } from '../bank/money.js';
import type { View } from '../router.js';
import { button, element } from '../ui/dom.js';
import { type Field, field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { amountOf, money } from '../ui/format.js';
import { draftOf, saveDraft, savedDraft } from './draft.js';
import { type Lost, lost, told } from './lost.js';

export const pay: View = {
  title: 'Send money',
  part: '/pay',
  async show({ signal }) {
    // Nobody waits for it.
    const tried = demo();
    const [{ user: self, accounts }, before] = await Promise.all([customer(signal), lost(signal)]);
    const [from] = accounts;
    const draft = savedDraft();
    const to = field({
      name: 'to',
      label: 'To',
      hint: 'The user name of another customer.',
      attributes: { autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '64' },
    });
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
    const picks = element('div', { class: 'picks' });
    to.root.append(picks);
    void tried.then((told) => {
      const others = told?.users.filter(({ user }) => user !== self) ?? [];
      picks.append(...others.map(({ user, name }) => button(name, () => pick(user), { class: 'pick small' })));
    });

    const about = element('div', { class: 'about', role: 'status' });
    const tell = (found: Lost | undefined) => about.replaceChildren(...(found ? [told(found)] : []));
    tell(before);
    const entry = form({
      fields: [to, amount],
      submit: 'Continue',
      busy: 'Continue',
      explain: (error) => (error instanceof Unsettled ? error.message : sentence(error)),
      async send() {
        const sum = sumOf(amount, from);
        const payee = await payeeOf(to, self, signal);
        const found = await lost(signal);
        if (found?.became === 'sent') {
          // Whoever changed it must know, before it is sent beside the first.
          tell(found);
          return;
        }
        const wanted = draftOf({ to: payee.user, name: payee.name, amount: sum });
        if (found?.became === 'unknown' && wanted.key !== found.draft.key) {
          // Its key would be gone, and nobody would ask for it again.
          tell(found);
          throw new Unsettled(found);
        }
        saveDraft(wanted);
        location.hash = '#/pay/review';
      },
    });
    const head = element('div', {}, element('h1', {}, 'Send money'), about);
    return element('section', { class: 'card narrow' }, head, entry);
  },
};

/** Another order has to wait until it is known what became of this one. */
class Unsettled extends Error {
  constructor({ draft: { amount, name } }: Lost) {
    super(`We have to know first whether ${money(amount)} to ${name} was sent, and cannot ask now. Try again in a while.`);
  }
}

/** What is typed, if the account has it. */
function sumOf(amount: Field, from: Account | undefined): string {
  const sum = amountOf(amount.input.value);
  if (sum === undefined || Number(sum) === 0) {
    throw new Mistake(amount, 'Write an amount such as 25, 25.50 or 1,234.50.');
  }
  if (from !== undefined && Number(sum) > Number(from.balance)) {
    const has = `${money(from.balance)} in your ${from.name.toLowerCase()}`;
    throw new Mistake(amount, `That is more than the ${has}.`);
  }
  return sum;
}

/** Who is meant, as the bank knows them. */
async function payeeOf(to: Field, self: string, signal: AbortSignal) {
  try {
    const payee = await recipient(to.input.value.trim().toLowerCase(), signal);
    if (payee.user !== self) {
      return payee;
    }
  } catch (error) {
    const isUnknown = error instanceof Problem && error.name === 'unknown-recipient';
    throw isUnknown ? new Mistake(to, 'Nobody has this user name.') : error;
  }
  throw new Mistake(to, 'That would be from you to yourself.');
}
