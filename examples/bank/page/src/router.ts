// The pages of the bank, by what stands behind the `#` of the address.

import { session } from './bank/session.js';
import { sentence } from './bank/failures.js';
import { button, byId, element } from './ui/dom.js';

/** What a view may use while it is shown. */
export interface Shown {
  /** Aborted when the customer goes elsewhere. */
  readonly signal: AbortSignal;
  /** Asks before the customer goes elsewhere, until what it returns is called. */
  readonly hold: (question: string) => () => void;
}

export interface View {
  readonly title: string;
  /** Which part of the navigation it belongs to. */
  readonly part?: string;
  /** What there is to see; nothing, if another page was gone to. */
  readonly show: (shown: Shown) => Promise<Node | undefined> | Node;
}

const main = byId('main', 'main');
const said = byId('toast', 'p');
const waits = byId('waits', 'p');
/** After so many milliseconds it is said that there is something to wait for. */
const SOON = 400;
const UNSHOWN = 'This cannot be shown now';
let shown = new AbortController();
let isFirst = true;
let show = () => {};
/** What the next page begins with. */
let saying = '';
/** What is asked before this page is left. */
let held: { readonly question: string } | undefined;
/** What stands behind the `#` of the page that is shown. */
let here = '';
/** How far it is in the history of this tab: the browser does not say which way one goes. */
let at = 0;

/** Begins to show the page of the address, or `signIn` to whom nobody knows. */
export function start(views: Readonly<Record<string, View>>, signIn: View): void {
  show = () => {
    here = location.hash;
    at = history.state?.at ?? at + 1;
    history.replaceState({ at }, '');
    const path = location.hash.replace(/^#/, '').split('?')[0] || '/';
    if (path.startsWith('/')) {
      void turnTo(session.login === undefined ? signIn : (views[path] ?? views['/']!));
    }
  };
  window.addEventListener('hashchange', () => {
    if (location.hash === here) {
      // Whoever stays is where they were.
      return;
    }
    if (mayLeave()) {
      show();
    } else {
      history.go(at - (history.state?.at ?? at + 1));
    }
  });
  // Between two entries of one page nothing is shown anew; a link to this page makes it another.
  window.addEventListener('popstate', () => {
    if (location.hash === here) {
      at = history.state?.at ?? at;
      history.replaceState({ at }, '');
    }
  });
  window.addEventListener('beforeunload', (event) => held !== undefined && event.preventDefault());
  session.addEventListener('change', () => show());
  main.replaceChildren();
  show();
}

/** Whether the customer goes, where the page asks. */
export function mayLeave(): boolean {
  return held === undefined || confirm(held.question);
}

/** Goes to another page in place of this one, and says there what was done. */
export function goOn(path: string, done = ''): void {
  saying = done;
  history.replaceState({ at }, '', `#${path}`);
  show();
}

/** Shows the same page as it is now, and says what was done. */
export function again(done: string): void {
  saying = done;
  show();
}

async function turnTo(view: View): Promise<void> {
  shown.abort();
  shown = new AbortController();
  held = undefined;
  const { signal } = shown;
  mark(view);
  // What is left is not to be pressed any more.
  main.inert = true;
  main.setAttribute('aria-busy', 'true');
  const soon = () => signal.aborted || (waits.textContent = `${view.title}: One moment …`);
  const timer = setTimeout(soon, SOON);
  let { title } = view;
  let node: Node | undefined;
  try {
    node = await view.show({ signal, hold });
  } catch (error) {
    title = UNSHOWN;
    node = signal.aborted ? undefined : failure(error, view);
  } finally {
    clearTimeout(timer);
  }
  if (signal.aborted || node === undefined) {
    return;
  }
  main.removeAttribute('aria-busy');
  main.inert = false;
  main.replaceChildren(node);
  waits.textContent = '';
  // A sentence about one page is not one about the next.
  said.textContent = saying;
  saying = '';
  document.title = `${title} · Bank`;
  if (!isFirst) {
    window.scrollTo(0, 0);
    focus();
  }
  isFirst = false;
}

function hold(question: string): () => void {
  const mine = { question };
  held = mine;
  return () => {
    // Another page may be shown by now.
    if (held === mine) {
      held = undefined;
    }
  };
}

/** In the navigation. */
function mark({ part }: View): void {
  for (const link of document.querySelectorAll('#nav a')) {
    const isHere = link.getAttribute('href') === `#${part}`;
    link.setAttribute('aria-current', isHere ? 'page' : 'false');
  }
}

/** Where a screen reader goes on. */
function focus(): void {
  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
}

function failure(error: unknown, view: View): Node {
  const retry = button('Try again', () => void turnTo(view), { class: 'primary' });
  return element(
    'section',
    { class: 'card narrow' },
    element('h1', {}, UNSHOWN),
    element('p', {}, sentence(error)),
    retry,
  );
}
