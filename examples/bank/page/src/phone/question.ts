// One request, shown whole.

import { button, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { clock } from '../ui/format.js';
import { browserOf } from './browser.js';
import { say } from './say.js';
import { type Asked, type Paired, Refused, reply } from './device.js';

export interface Question {
  readonly root: HTMLElement;
  /** It is not answered here any more. */
  withdraw(why: keyof typeof WITHDRAWN): void;
}

export function question(device: Paired, asked: Asked): Question {
  const { account, purpose, client, browser, address, asked_at, expires_at } = asked.request;
  const number = field({
    name: `number-${asked.request.id}`,
    label: 'Number that the bank shows',
    attributes: { autocomplete: 'off', inputmode: 'numeric', maxlength: '7', class: 'code-input' },
  });
  const end = (text: string, kind: string) => {
    const said = element('p', { role: 'status', tabindex: '-1' }, text);
    const isHere = root.contains(document.activeElement);
    say('');
    root.className = `note ${kind} answered`;
    root.replaceChildren(said);
    if (isHere) {
      said.focus();
    }
  };
  /** An answer is on its way, and needs no other beside it. */
  let isSent = false;
  const no = async () => {
    if (isSent) {
      return;
    }
    isSent = true;
    refuse.setAttribute('aria-disabled', 'true');
    try {
      await reply(device, asked);
      end(NO, 'calm');
    } catch (error) {
      if (isFinal(error)) {
        end(sentence(error), 'wrong');
      } else {
        say(sentence(error));
      }
    } finally {
      isSent = false;
      refuse.removeAttribute('aria-disabled');
    }
  };
  const refuse = button('No, it is not', () => void no(), { class: 'danger plain' });
  const created = form({
    fields: [number],
    submit: 'Yes, it is me',
    busy: 'One moment …',
    actions: [refuse],
    explain: sentence,
    async send() {
      const typed = number.input.value.replace(/\s/g, '');
      if (!/^\d{6}$/.test(typed)) {
        throw new Mistake(number, 'It has six digits. Type it as it stands there.');
      }
      if (isSent) {
        return;
      }
      isSent = true;
      try {
        await reply(device, asked, typed);
        end('Confirmed. Go on at the bank.', 'fine');
      } catch (error) {
        if (!isFinal(error)) {
          throw error;
        }
        end(sentence(error), 'wrong');
      } finally {
        isSent = false;
      }
    },
  });
  const known: readonly (readonly [string, string | null | undefined])[] = [
    ['Account', account],
    ['Asked by', client === 'bank-web' ? 'The page of the bank' : client],
    ['In', browser && browserOf(browser)],
    ['From', address],
    ['Asked', `${clock(asked_at * 1000)}, until ${clock(expires_at * 1000)}`],
  ];
  // What nobody told the bank has no line; the levels are in the words of the purpose.
  const rows = known.flatMap(([name, value]) => (value ? [fact(name, value)] : []));
  const facts = element('dl', { class: 'facts' }, ...rows);
  const title = element('h2', {}, 'Is it you?');
  const why = element('p', { class: 'lead' }, purpose);
  const root = element('article', { class: 'card request' }, title, why, facts, created);
  const withdraw = (why: keyof typeof WITHDRAWN) => {
    if (!root.classList.contains('answered')) {
      end(WITHDRAWN[why], 'calm');
    }
  };
  return { root, withdraw };
}

function fact(name: string, value: string): HTMLElement {
  return element('div', {}, element('dt', {}, name), element('dd', {}, value));
}

const NO =
  'You said no: nothing was done. If it was not you who was asked for, somebody may know your password, and a real bank would have you change it now.';

const WITHDRAWN = {
  over: 'This is no longer asked: it was cancelled, or took too long.',
  unpaired: 'The bank does not know this phone any more. Nobody hears what is answered here.',
  forgotten: 'This phone forgot whom it is asked for, and does not answer. Begin again at the bank.',
} as const;

const SENTENCES: Readonly<Record<string, string>> = {
  'device-wrong-number': 'That is not the number. Begin again at the bank.',
  'device-request-answered': 'This was answered before.',
  'device-request-over': 'This can no longer be answered. Begin again at the bank.',
  'device-unpaired': 'The bank does not know this phone any more. Pair it again.',
  'device-not-this': 'The bank did not take this. Look whether the clock of this phone is right.',
};

/** It would be refused again. */
function isFinal(error: unknown): boolean {
  return error instanceof Refused && !error.isForNow;
}

function sentence(error: unknown): string {
  if (error instanceof Refused && error.isForNow) {
    return 'The bank cannot take this now. Try again.';
  }
  return error instanceof Refused
    ? (SENTENCES[error.name] ?? 'The bank did not take this. Begin again there.')
    : 'There is no connection to the bank. Try again.';
}
