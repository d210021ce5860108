import { beside, element } from '../ui/dom.js';
import { demo } from './demo.js';

/** Where made-up customers find their codes, in the dialog: it covers the links of the page. */
export async function help(dialog: HTMLElement): Promise<void> {
  const found = await demo();
  if (found !== undefined) {
    const outbox = found.outbox ? [beside('/demo/outbox', 'Outbox')] : [];
    const links = [...outbox, beside('/phone', 'Phone')];
    const words = 'Codes of made-up customers:';
    dialog.replaceChildren(element('p', { slot: 'help', class: 'help' }, words, ...links));
  }
}
