// A transfer whose answer was lost: the bank is asked what became of it, and that is said.

import { Problem, SignedOut } from '../bank/api.js';
import { receiptOf } from '../bank/money.js';
import { element } from '../ui/dom.js';
import { money, moment } from '../ui/format.js';
import { type Draft, dropDraft, savedDraft } from './draft.js';
import { keep } from './sent.js';

export interface Lost {
  readonly draft: Draft;
  readonly became: 'sent' | 'not-sent' | 'unknown';
}

/** What became of it, if there is one. What was sent is begun no more, and its receipt is kept. */
export async function lost(signal: AbortSignal): Promise<Lost | undefined> {
  const draft = savedDraft();
  if (!draft?.isOpen) {
    return undefined;
  }
  try {
    keep(await receiptOf(draft.key, signal));
    dropDraft(draft);
    return { draft, became: 'sent' };
  } catch (error) {
    if (error instanceof SignedOut || signal.aborted) {
      throw error;
    }
    const isKnown = error instanceof Problem && error.name === 'unknown-transfer';
    return { draft, became: isKnown ? 'not-sent' : 'unknown' };
  }
}

/** Where it is about to be sent again. */
export function words({ draft, became }: Lost): string {
  const begun = `${money(draft.amount)} to ${draft.name}, begun ${moment(draft.at)}`;
  return {
    sent: `${begun}, was sent.`,
    'not-sent': `${begun}, was not sent.`,
    unknown: `${begun}, may have been sent. However often you send it, it is one transfer.`,
  }[became];
}

/** Where it is to be learnt of. */
export function told(lost: Lost): HTMLElement {
  const isSent = lost.became === 'sent';
  const [href, label] = isSent ? ['#/sent', 'See the receipt'] : ['#/pay/review', 'Look at it again'];
  const link = element('a', { href }, label);
  return element('p', { class: isSent ? 'note' : 'note asks' }, words(lost), element('br'), link);
}
