// Making the phone a customer's.

import { button, byId, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { browserOf } from './browser.js';
import { type Paired, Refused, pair } from './device.js';
import { all, drop, put } from './keep.js';
import { say } from './say.js';
import { pairingOf } from './wire.js';

const root = byId('pairing', 'section');

const paired = element('ul', { class: 'rows' });

/** Draws what this phone is paired with, and says how many that are. */
export async function pairings(): Promise<number> {
  const devices = await all('devices');
  paired.replaceChildren(...devices.map(row));
  return devices.length;
}

function row({ page, name, account }: Paired): HTMLElement {
  const whose = account === undefined ? 'Nothing was asked of it yet' : `For ${account}`;
  const forget = async () => {
    await drop('devices', page);
    say(`“${name}” is forgotten. Remove it at the bank, too.`);
    await unlessBegun();
  };
  const label = element('span', {}, 'Forget');
  label.append(element('span', { class: 'sr-only' }, ` ${name}, ${whose.toLowerCase()}`));
  return element(
    'li',
    {},
    element('span', { class: 'grow' }, element('strong', {}, name), element('small', {}, whose)),
    button(label, () => void forget(), { class: 'quiet' }),
  );
}

/** Whether a link stands there that somebody wants to pair with. */
function isBegun(): boolean {
  return (root.querySelector<HTMLInputElement>('#link')?.value ?? '') !== '';
}

/** Shows what is paired now, and leaves what somebody is about to pair with. */
export async function unlessBegun(): Promise<void> {
  if ((await pairings()) === 0 && !isBegun()) {
    await pairing('');
  }
}

/** `text` is what the tab was opened with. */
export async function pairing(text: string): Promise<void> {
  const isLink = pairingOf(text) !== undefined;
  const count = await pairings();
  const title = element('h2', { id: 'pairing-title' }, isLink ? 'Pair this phone?' : 'Pairing');
  const link = field({
    name: 'link',
    label: 'Pairing link',
    hint: 'It is under Security, Phone, at the bank.',
    attributes: { autocomplete: 'off', spellcheck: 'false', value: isLink ? text : '' },
  });
  const name = field({
    name: 'name',
    label: 'Name of this phone',
    attributes: { autocomplete: 'off', maxlength: '64', value: browserOf(navigator.userAgent) },
  });
  link.root.hidden = isLink;
  const created = form({
    fields: [link, name],
    submit: 'Pair',
    busy: 'Pairing …',
    explain,
    async send() {
      const found = pairingOf(link.input.value);
      if (found === undefined) {
        throw new Mistake(link, 'That is no pairing link of this bank.');
      }
      await put('devices', await pair(found, name.input.value.trim()));
      say('This phone is paired. Leave this tab open: it asks you here.');
      await pairing('');
    },
  });
  const isOpen = isLink || count === 0;
  const more = element('details', {}, element('summary', {}, 'Pair with another account'), created);
  root.className = 'card';
  root.replaceChildren(
    title,
    ...(count === 0 ? [] : [paired]),
    isOpen ? created : more,
  );
}

function explain(error: unknown): string {
  if (!(error instanceof Refused)) {
    return 'There is no connection to the bank.';
  }
  if (error.isForNow) {
    return 'The bank cannot take this now. Try again.';
  }
  return error.name === 'device-no-such-pairing'
    ? 'This link is over. Have the bank show a new one.'
    : 'The bank does not pair this phone. Have it show a new link.';
}
