import {
  type Factor,
  METHODS,
  factors,
  nameOf,
  remove,
  signalPasskeys,
} from '../bank/factors.js';
import { type View, again } from '../router.js';
import { button, element } from '../ui/dom.js';
import { day } from '../ui/format.js';
import { iconOf } from '../ui/icons.js';
import { removal } from './removal.js';

export const security: View = {
  title: 'Security',
  part: '/security',
  async show({ signal }) {
    const { factors: own, enrollable } = await factors(signal);
    const addable = enrollable.filter((method) => method in METHODS);
    const why =
      'When money moves we ask for more than your password. Set up two ways at least, so that you are never locked out.';
    const none = 'Nothing is set up yet. A passkey is the strongest, and takes a moment.';
    const mine =
      own.length === 0
        ? element('p', { class: 'card' }, none)
        : element('ul', { class: 'card rows' }, ...own.map((factor) => row(factor, signal)));
    const others = element('ul', { class: 'tiles' }, ...addable.map((method) => tile(method, own)));
    return element(
      'div',
      { class: 'stack' },
      element('h1', {}, 'Ways to confirm it is you'),
      element('p', { class: 'lead' }, why),
      element('section', {}, element('h2', {}, 'What you have'), mine),
      element('section', {}, element('h2', {}, 'Add another way'), others),
    );
  },
};

function row(factor: Factor, signal: AbortSignal): HTMLElement {
  const { method, hint, enrolled_at, disabled } = factor;
  const name = nameOf(method);
  const since = disabled
    ? 'Disabled after too many wrong codes. Set it up anew.'
    : `Since ${day(enrolled_at)}`;
  const about = [
    ...(hint === '' ? [] : [element('small', {}, hint)]),
    element('small', disabled ? { class: 'wrong' } : {}, since),
  ];
  const label = element('span', {}, 'Remove');
  label.append(element('span', { class: 'sr-only' }, ` ${name} ${hint}`));
  const removed = () => {
    if (method === 'webauthn') {
      void signalPasskeys();
    }
    again(`${name} is removed.`);
  };
  const ask = () => removal(factor, () => remove(factor.id, signal), removed);
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
  const { name, about, path } = METHODS[method]!;
  const has = own.some((factor) => factor.method === method);
  const more = method === 'recovery' ? 'New' : 'Another';
  const title = has ? `${more} ${lower(name)}` : name;
  return element(
    'li',
    {},
    element(
      'a',
      { class: 'tile', href: `#/security/${path}` },
      element('span', { class: 'badge' }, iconOf(method)),
      element('span', { class: 'grow' }, element('strong', {}, title), element('small', {}, about)),
    ),
  );
}

function lower(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
