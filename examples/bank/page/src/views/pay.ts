import { StepUpError } from 'stepup-client';
import { Problem } from '../bank/api.js';
import { sentence } from '../bank/failures.js';
import { customer, demoUsers, transfer } from '../bank/money.js';
import { session } from '../bank/session.js';
import { type View, goOn } from '../router.js';
import { type Child, button, element } from '../ui/dom.js';
import { type Field, field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { amountOf, money } from '../ui/format.js';
import { dropDraft, saveDraft, savedDraft } from './draft.js';
import { setUp } from './set-up.js';

export const pay: View = {
  title: 'Send money',
  part: '/pay',
  async show({ signal }) {
    const [{ accounts }, users] = await Promise.all([customer(signal), demoUsers(signal)]);
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
    const draft = savedDraft();
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
    const created = form({
      fields: [to, amount],
      submit: 'Send',
      busy: 'Sending …',
      explain,
      async send() {
        const sum = amountOf(amount.input.value);
        if (sum === undefined || Number(sum) === 0) {
          throw new Mistake(amount, 'Write an amount such as 25 or 25.50.');
        }
        try {
          const receipt = await transfer(saveDraft(to.input.value.trim(), sum), signal);
          dropDraft();
          sessionStorage.setItem('bank.receipt', JSON.stringify(receipt));
        } catch (error) {
          throw atField(error, to, amount);
        }
        // Back from the receipt leads to where the customer was before the form.
        goOn('/sent');
      },
    });
    return element('section', { class: 'card narrow' }, element('h1', {}, 'Send money'), created);
  },
};

/** What is wrong with a field is said there. */
function atField(error: unknown, to: Field, amount: Field): unknown {
  if (!(error instanceof Problem) || error.status !== 422) {
    return error;
  }
  const isOfRecipient = ['unknown-recipient', 'own-account'].includes(error.name);
  return new Mistake(isOfRecipient ? to : amount, error.detail);
}

function explain(error: unknown): Child {
  if (error instanceof StepUpError) {
    return setUp(error, 'Nothing was sent.');
  }
  return error instanceof TypeError
    ? `${sentence(error)} Send it again when there is: it is one transfer, however often you do.`
    : `${sentence(error)} Nothing was sent.`;
}
