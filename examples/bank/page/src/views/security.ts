import { type Factor, factors, remove, signalPasskeys } from '../bank/factors.js';
import { METHODS, nameOf } from '../bank/methods.js';
import { type View, again } from '../router.js';
import { button, element } from '../ui/dom.js';
import { moment } from '../ui/format.js';
import { iconOf } from '../ui/icons.js';
import { removal } from './removal.js';

const WHY = 'When money moves we ask for more than your password. Set up two ways at least.';
/** The authority has a factor changed by nothing weaker than the strongest that there is. */
const PASSKEY =
  'Changes on this page take your passkey. Have two, on two devices: without any of them a bank has to see you in person before it changes something here.';

export const security: View = {
  title: 'Security',
  part: '/security',
  async show({ signal }) {
    const { factors: own, enrollable } = await factors(signal);
    const addable = enrollable.filter((method) => method in METHODS);
    const none = 'Nothing is set up yet. A passkey is the strongest, and takes a moment.';
    const hasPasskey = own.some(({ method }) => method === 'webauthn');
    const mine =
      own.length === 0
        ? element('p', { class: 'card' }, none)
        : element('ul', { class: 'card rows' }, ...own.map((factor) => row(factor, signal)));
    const others = element('ul', { class: 'tiles' }, ...addable.map((method) => tile(method, own)));
    return element(
      'div',
      { class: 'stack' },
      element('h1', {}, 'Ways to confirm it is you'),
      element('p', { class: 'lead' }, WHY),
      ...(hasPasskey ? [element('p', { class: 'note calm' }, PASSKEY)] : []),
      element('section', {}, element('h2', {}, 'What you have'), mine),
      element('section', {}, element('h2', {}, 'Add another way'), others),
    );
  },
};

function row(factor: Factor, signal: AbortSignal): HTMLElement {
  const { method, hint, enrolled_at, disabled } = factor;
  const name = nameOf(method);
  const since = `Since ${moment(enrolled_at)}`;
  const state = disabled ? 'Disabled after too many wrong codes. Set it up anew.' : since;
  const about = [
    ...(hint === '' ? [] : [element('small', { class: 'hint' }, hint)]),
    element('small', disabled ? { class: 'wrong' } : {}, state),
  ];
  const label = element('span', {}, 'Remove');
  // Of two of a kind, which.
  label.append(element('span', { class: 'sr-only' }, ` ${name} ${hint}, ${since.toLowerCase()}`));
  const removed = () => {
    if (method === 'webauthn') {
      void signalPasskeys();
    }
    again(`${name} is removed.`);
  };
  const ask = () => removal(factor, () => remove(factor.id, signal), removed, () => again(''), signal);
  const take = button(label, ask, { class: 'quiet' });
  return element(
    'li',
    {},
    element('span', { class: 'badge' }, iconOf(method)),
    element('span', { class: 'grow' }, element('strong', {}, name), ...about),
    take,
  );
}

function tile(method: string, own: readonly Factor[]): HTMLElement {
  const { name, more, about, path } = METHODS[method]!;
  const has = own.some((factor) => factor.method === method);
  return element(
    'li',
    {},
    element(
      'a',
      { class: 'tile', href: `#/security/${path}` },
      element('span', { class: 'badge' }, iconOf(method)),
      element('span', { class: 'grow' }, element('strong', {}, has ? more : name), element('small', {}, about)),
    ),
  );
}
