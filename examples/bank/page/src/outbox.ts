// What would have been mailed.

import { byId, element } from './ui/dom.js';
import { moment } from './ui/format.js';
import { copyButton } from './enrol/show.js';

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: number;
}

const EVERY = 3000;

const mails = byId('mails', 'ol');
const nothing = byId('nothing', 'p');
const said = byId('said', 'p');
let shown: string | undefined;

async function look(): Promise<void> {
  try {
    const response = await fetch('/demo/outbox', { headers: { accept: 'application/json' } });
    if (response.status === 404) {
      nothing.textContent = 'This bank sends its mail: there is no outbox.';
      nothing.hidden = false;
      return;
    }
    const text = await response.text();
    if (response.ok && text !== shown) {
      said.textContent = shown === undefined ? '' : 'There is new mail.';
      shown = text;
      show(JSON.parse(text));
    }
  } catch {
    // It is asked again.
  }
  setTimeout(() => void look(), EVERY);
}

function show(all: readonly Mail[]): void {
  nothing.hidden = all.length > 0;
  mails.replaceChildren(...all.map(item));
}

function item({ to, subject, text, at }: Mail): HTMLElement {
  const code = /(?<!\d)\d{6}(?!\d)/.exec(text)?.[0];
  const body = element('p', { class: 'mail' }, text.trim());
  return element(
    'li',
    { class: 'card' },
    element('h2', {}, subject),
    element('p', { class: 'muted' }, `To ${to}, ${moment(at)}`),
    ...(code === undefined
      ? []
      : [element('p', { class: 'secret' }, element('code', { class: 'big' }, code), copyButton(code))]),
    body,
  );
}

void look();
