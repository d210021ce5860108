import { isOwnWish, isRefused, missing, sentence } from '../bank/failures.js';
import { METHODS } from '../bank/methods.js';
import { element } from '../ui/dom.js';

const UNSURE = 'We do not know whether it was done. Look, and do it again if it was not.';

/**
 * What happened, and what came of it: `undone`, or nobody knows. Where nothing that is set up would
 * do, what would and where it is set up.
 */
export function setUp(error: unknown, undone: string, unsure = UNSURE): HTMLElement {
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
