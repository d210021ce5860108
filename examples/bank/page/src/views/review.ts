import { Problem } from '../bank/api.js';
import { isRefused } from '../bank/failures.js';
import { type Transfer, transfer } from '../bank/money.js';
import { goOn } from '../router.js';
import { button, element } from '../ui/dom.js';
import { form } from '../ui/form.js';
import { money } from '../ui/format.js';
import { type Order, draftOf, dropDraft, saveDraft, takeBack } from './draft.js';
import { setUp } from './set-up.js';

const UNSURE =
  'We do not know whether it was sent. Send it again: it is one transfer, however often you do.';

export interface Reviewed {
  readonly order: Order;
  /** What the statement shows. */
  readonly transfers: readonly Transfer[];
  readonly signal: AbortSignal;
  /** Back to the fields; `wrong` is what the bank takes none of. */
  readonly change: (wrong?: Problem) => void;
}

/** What is about to be sent, once more before it is. */
export function review({ order, transfers, signal, change }: Reviewed): HTMLElement {
  let draft = draftOf(order, transfers);
  const send = form({
    submit: 'Send',
    busy: 'Sending …',
    actions: [button('Change', () => change(), { class: 'plain' })],
    explain: (error) => setUp(error, draft.isOpen ? UNSURE : 'Nothing was sent.', UNSURE),
    async send() {
      saveDraft({ ...draft, isOpen: true });
      try {
        const receipt = await transfer(draft, signal);
        dropDraft();
        sessionStorage.setItem('bank.receipt', JSON.stringify(receipt));
      } catch (error) {
        if (!isRefused(error)) {
          draft = { ...draft, isOpen: true };
        }
        takeBack(draft);
        if (error instanceof Problem && error.status === 422 && isRefused(error)) {
          change(error);
          return;
        }
        throw error;
      }
      // Back from the receipt leads to where the customer was before the form.
      goOn('/sent');
    },
  });
  const { to, name, amount } = order;
  return element(
    'div',
    { class: 'step' },
    // Not on the button: who types on sends nothing.
    element('h2', { tabindex: '-1' }, 'Is this right?'),
    element(
      'dl',
      { class: 'facts' },
      element('div', {}, element('dt', {}, 'Amount'), element('dd', {}, element('strong', {}, money(amount)))),
      element('div', {}, element('dt', {}, 'To'), element('dd', {}, name === undefined ? to : `${name} (${to})`)),
    ),
    send,
  );
}
