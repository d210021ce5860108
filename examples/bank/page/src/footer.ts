import { demo } from './bank/demo.js';
import { byId } from './ui/dom.js';

/** What stands at the foot of a demonstration, once it is known to be one. */
export async function footer(): Promise<void> {
  const told = await demo();
  const about = byId('about', 'p');
  const [phone, outbox] = [byId('phone', 'li'), byId('outbox', 'li')];
  about.textContent = told?.outbox
    ? 'A demonstration: no real money, no real mail.'
    : 'A demonstration: no real money.';
  about.hidden = phone.hidden = told === undefined;
  outbox.hidden = !told?.outbox;
}
