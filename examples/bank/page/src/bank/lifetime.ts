// A login is good for a while. A minute before its end that is said, and at its end nothing is shown
// any more.

import { button, byId, element } from '../ui/dom.js';
import { session } from './session.js';

/** When it ends by this machine's clock, in milliseconds: over a reload, and no longer. */
const NAME = 'bank.until';
const MINUTE = 60_000;

/** Who signs in now is signed in for so many seconds. */
export function lasts(seconds: number): void {
  sessionStorage.setItem(NAME, String(Date.now() + seconds * 1000));
}

/** Ends the session when its login ends, or before that where the customer wants to and `mayLeave`. */
export function lifetime(mayLeave: () => boolean): void {
  const over = () => session.end('over');
  const again = button('Sign in again', () => mayLeave() && over(), { class: 'link' });
  const warning = element('p', { class: 'toast ending' });
  const words = 'In a minute you are signed out, to keep your money safe.';
  byId('said', 'div').append(warning);
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    const until = Number(sessionStorage.getItem(NAME) ?? Number.NaN);
    const left = session.login === undefined ? Number.NaN : until - Date.now();
    if (left <= 0) {
      over();
      return;
    }
    const isSoon = left <= MINUTE;
    if (left > 0) {
      timer = setTimeout(look, isSoon ? left : left - MINUTE);
    }
    if (isSoon !== warning.hasChildNodes()) {
      warning.replaceChildren(...(isSoon ? [words, again] : []));
    }
  };
  session.addEventListener('change', look);
  // A machine that slept has stood still, and its timers with it.
  document.addEventListener('visibilitychange', look);
  look();
}
