import { isRefused } from '../bank/failures.js';
import { type Receipt, customer, receiptOf, transfer } from '../bank/money.js';
import { type View, goOn } from '../router.js';
import { element } from '../ui/dom.js';
import { form } from '../ui/form.js';
import { money } from '../ui/format.js';
import { type Draft, dropDraft, saveDraft, savedDraft, takeBack } from './draft.js';
import { facts } from './facts.js';
import { lost, words } from './lost.js';
import { keep } from './sent.js';
import { setUp } from './set-up.js';

const UNSURE = 'We do not know whether it was sent. You can safely send it again: it is one transfer.';

/** What is about to be sent, once more before it is. */
export const review: View = {
  title: 'Is this right?',
  part: '/pay',
  async show({ signal }) {
    const [{ accounts }, before] = await Promise.all([customer(signal), lost(signal)]);
    const draft = savedDraft();
    if (draft === undefined) {
      goOn(before === undefined ? '/pay' : '/sent');
      return undefined;
    }
    const { to, name, amount } = draft;
    const from = accounts.slice(0, 1).flatMap(({ name, balance }): [string, string][] => {
      const left = Number(balance) - Number(amount);
      return [['From', name], ['Left after it', money(String(left))]];
    });
    const note = before === undefined ? [] : [element('p', { class: 'note asks' }, words(before))];
    return element(
      'section',
      { class: 'card narrow' },
      element('h1', {}, 'Is this right?'),
      ...note,
      facts(['Amount', element('strong', {}, money(amount))], ['To', `${name} (${to})`], ...from),
      sending(draft, signal),
    );
  },
};

function sending(begun: Draft, signal: AbortSignal): HTMLElement {
  let draft = begun;
  return form({
    submit: `Send ${money(draft.amount)}`,
    busy: 'Sending …',
    actions: [element('a', { class: 'plain', href: '#/pay' }, 'Change')],
    explain(error) {
      const outcome = draft.isOpen ? UNSURE : 'Nothing was sent.';
      return isRefused(error) ? setUp(error, outcome) : unsure();
    },
    async send() {
      saveDraft({ ...draft, isOpen: true });
      let receipt: Receipt | undefined;
      try {
        receipt = await transfer(draft, draft.key, signal);
      } catch (error) {
        draft = { ...draft, isOpen: draft.isOpen || !isRefused(error) };
        takeBack(draft);
        // It may have been made all the same, and then this is no failure.
        receipt = draft.isOpen ? await receiptOf(draft.key, signal).catch(() => undefined) : undefined;
        if (receipt === undefined) {
          throw error;
        }
      }
      dropDraft(draft);
      keep(receipt);
      goOn('/sent');
    },
  });
}

function unsure(): HTMLElement {
  const look = element('a', { href: '#/' }, 'Look at your transfers');
  return element('p', { class: 'note asks' }, UNSURE, element('br'), look);
}
