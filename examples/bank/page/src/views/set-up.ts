import { METHODS } from '../bank/factors.js';
import { isOwnWish, missing, sentence } from '../bank/failures.js';
import { element } from '../ui/dom.js';

/** What happened; and where nothing that is set up would do, what would and where it is set up. */
export function setUp(error: unknown, outcome: string): HTMLElement {
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
