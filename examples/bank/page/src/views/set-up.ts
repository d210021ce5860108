import { Problem } from '../bank/api.js';
import { isOwnWish, isRefused, missing, sentence } from '../bank/failures.js';
import { signOut } from '../bank/leaving.js';
import { METHODS } from '../bank/methods.js';
import { button, element } from '../ui/dom.js';
import { wait } from '../ui/format.js';

const UNSURE = 'We do not know whether it was done. Look, and do it again if it was not.';

/**
 * What happened, and what came of it: `undone`, or nobody knows. Where nothing that is set up would
 * do, what would and where it is set up; where the login is too old for the first way, a new one.
 */
export function setUp(error: unknown, undone: string, unsure = UNSURE): HTMLElement {
  if (error instanceof Problem && error.name === 'login-too-old') {
    return anew(error);
  }
  const outcome = isRefused(error) ? undone : unsure;
  const kind = isOwnWish(error) ? 'calm' : 'wrong';
  const said = element('p', { class: `note ${kind}` }, `${sentence(error)} ${outcome}`);
  const known = missing(error).filter((method) => method in METHODS);
  const links = known.map((method) => {
    const { name, path } = METHODS[method]!;
    return element('a', { href: `#/security/${path}` }, `Set up: ${name}`);
  });
  said.append(...links.flatMap((link) => [element('br'), link]));
  return said;
}

/** The password is all that shows who sets up the first way, and counts for it only while it is new. */
function anew({ maxAge }: Problem): HTMLElement {
  const within = maxAge === undefined ? 'soon after' : `within ${wait(maxAge)} of`;
  const words = `Sign in again: the first way to confirm is set up ${within} signing in.`;
  const again = button('Sign in again', () => signOut('anew'), { class: 'plain' });
  return element('div', { class: 'note wrong' }, element('p', {}, words), again);
}
