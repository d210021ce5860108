// Making the phone a customer's.

import { button, byId, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { Refused, pair } from './device.js';
import { all, drop, put } from './keep.js';
import { say } from './say.js';
import { pairingOf } from './wire.js';

const root = byId('pairing', 'section');

/** `text` is what the tab was opened with. */
export async function pairing(text: string): Promise<void> {
  const isLink = pairingOf(text) !== undefined;
  const devices = await all('devices');
  const rows = devices.map(({ page, name }) => {
    const forget = async () => {
      await drop('devices', page);
      say(`“${name}” is forgotten. Remove it at the bank, too.`);
      await pairing('');
    };
    const label = element('span', { class: 'grow' }, element('strong', {}, name));
    return element('li', {}, label, button('Forget', () => void forget(), { class: 'quiet' }));
  });
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
    attributes: { autocomplete: 'off', maxlength: '64', value: 'My phone' },
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
  const paired = element('ul', { class: 'rows' }, ...rows);
  const isOpen = isLink || devices.length === 0;
  const more = element('details', {}, element('summary', {}, 'Pair with another account'), created);
  root.className = 'card';
  root.replaceChildren(
    title,
    ...(devices.length === 0 ? [] : [paired]),
    isOpen ? created : more,
  );
}

function explain(error: unknown): string {
  if (!(error instanceof Refused)) {
    return 'There is no connection to the bank.';
  }
  return error.name === 'device-no-such-pairing'
    ? 'This link is over. Have the bank show a new one.'
    : 'The bank does not pair this phone. Have it show a new link.';
}
