import { begin } from '../bank/factors.js';
import { isRefused } from '../bank/failures.js';
import { METHODS } from '../bank/methods.js';
import { session } from '../bank/session.js';
import { button, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { date } from '../ui/format.js';
import { setUp } from '../views/set-up.js';
import { type Steps, beginning, page } from './page.js';
import { copyButton } from './show.js';

const UNSURE =
  'We do not know whether new codes were made. If they were, your older ones are void: make them again.';
const MAKING =
  'New recovery codes may have been made, and then older ones are void. Leave without having seen them?';
const LEAVE =
  'Your recovery codes are not shown again, and older ones are void. Leave without having kept them?';

/** Codes on paper: shown once. */
export const codes = page('recovery', (steps) => {
  /** They may have been made, and nobody has seen them. */
  let isLost = false;
  const send = async () => {
    // They are in force before their answer is here.
    const letGo = steps.hold(MAKING);
    try {
      const { codes } = await begin('recovery', {}, steps.signal);
      keep(steps, codes);
    } catch (error) {
      isLost ||= !isRefused(error);
      if (!isLost) {
        letGo();
      }
      throw error;
    }
  };
  const explain = (error: unknown) => setUp(error, isLost ? UNSURE : 'Nothing was changed.', UNSURE);
  const start = beginning('Make ten codes', send, explain);
  const about = element('p', {}, METHODS['recovery']!.about);
  const once = 'Each works once. They are shown once, here, and new ones make older ones void.';
  steps.show(about, element('p', { class: 'muted' }, once), start);
});

function keep(steps: Steps, codes: readonly string[]): void {
  const letGo = steps.hold(LEAVE);
  // On paper it says whose they are, and where.
  const title = `Recovery codes · Bank · ${session.login?.user} · ${date(Date.now() / 1000)} · ${location.origin}`;
  const text = `${title}\n\n${codes.join('\n')}\n`;
  const items = codes.map((code) => element('li', {}, element('code', {}, code)));
  const print = button('Print', () => window.print(), { class: 'quiet' });
  const download = button('Download', () => save(text), { class: 'quiet' });
  const kept = field({
    name: 'kept',
    label: 'I have them on paper, or where nobody else looks.',
    attributes: { type: 'checkbox' },
  });
  kept.root.classList.add('tick');
  steps.show(
    element('p', { tabindex: '-1', class: 'once' }, 'These are your codes. They are not shown again.'),
    element('p', { class: 'muted' }, title),
    element('ol', { class: 'codes' }, ...items),
    element('p', { class: 'tools' }, copyButton(text), print, download),
    form({
      fields: [kept],
      submit: 'Done',
      busy: 'Done',
      explain: () => '',
      async send() {
        letGo();
        steps.done('Your recovery codes are set up.');
      },
    }),
  );
}

function save(text: string): void {
  const href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  element('a', { href, download: 'recovery-codes.txt' }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
