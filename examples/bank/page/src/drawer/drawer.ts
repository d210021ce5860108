// "What just happened": each exchange of a step-up, for developers. It is opened by who wants to
// see it, stands beside the page, and takes nothing from it.

import { session } from '../bank/session.js';
import { button, byId, element } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { Ages } from './ages.js';
import { entry } from './entry.js';
import { MOST, record } from './record.js';

const NAME = 'bank.drawer';

/** Where it would cover the page, the page waits. */
const narrow = matchMedia('(width < 80rem)');

export function drawer(): void {
  const ages = new Ages();
  const list = element('ol', { class: 'exchanges' });
  const nothing = element('p', { class: 'muted' }, 'Nothing yet.');
  const close = button(icon('close'), () => panel.close(), { 'aria-label': 'Close', class: 'quiet' });
  const title = element('h2', { id: 'happened', tabindex: '-1' }, 'What just happened');
  const clear = button('Clear', () => record.clear(), { class: 'quiet' });
  const panel = element(
    'dialog',
    { class: 'drawer', 'aria-labelledby': title.id },
    element('div', { class: 'drawer-head' }, title, clear, close),
    element('p', { class: 'muted' }, `The last ${MOST} requests to the bank and its authority, as a developer sees them.`),
    ages.root,
    nothing,
    list,
  );
  document.body.append(panel);
  const opener = byId('drawer', 'button');

  let shown: number | undefined;
  const draw = () => {
    const { exchanges } = record;
    nothing.hidden = exchanges.length > 0;
    const open = new Set([...list.querySelectorAll('details[open]')].map(({ id }) => id));
    const last = exchanges.at(-1);
    // What a challenge demands stands beside the dialog that it brings.
    if (last !== undefined && last.challenge !== null && last.id !== shown) {
      open.add(`exchange-${last.id}`);
    }
    shown = last?.id;
    const focused = list.querySelector('details:focus-within')?.id;
    list.replaceChildren(...exchanges.map(entry).reverse());
    for (const details of list.querySelectorAll('details')) {
      details.open = open.has(details.id);
      if (details.id === focused) {
        details.querySelector('summary')?.focus({ preventScroll: true });
      }
    }
    ages.show(exchanges);
  };
  const toggle = () => {
    if (panel.open) {
      panel.close();
      return;
    }
    draw();
    if (narrow.matches) {
      panel.showModal();
    } else {
      panel.show();
    }
    title.focus();
    ages.start();
    opened(true);
  };
  const opened = (is: boolean) => {
    opener.setAttribute('aria-expanded', String(is));
    document.documentElement.classList.toggle('with-drawer', is && !narrow.matches);
    sessionStorage.setItem(NAME, is && !narrow.matches ? 'open' : '');
  };
  opener.addEventListener('click', toggle);
  panel.addEventListener('close', () => {
    ages.stop();
    opened(false);
    opener.focus();
  });
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      panel.close();
    }
  });
  narrow.addEventListener('change', () => panel.open && panel.close());
  record.addEventListener('change', () => panel.open && draw());
  session.addEventListener('change', () => session.login ?? record.clear());
  if (sessionStorage.getItem(NAME) === 'open' && !narrow.matches) {
    draw();
    panel.show();
    (document.activeElement as HTMLElement | null)?.blur();
    ages.start();
    opened(true);
  }
}
