import { Problem } from '../bank/api.js';
import { factors } from '../bank/factors.js';
import { isRefused } from '../bank/failures.js';
import { changeEmail, customer } from '../bank/money.js';
import { type View, goOn } from '../router.js';
import { element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { Mistake, form } from '../ui/form.js';
import { setUp } from './set-up.js';

const UNSURE = 'We do not know whether it was changed. Change it again: that does no harm.';

const ONLY_WAY =
  'Set up another way to confirm first: codes to your present address end when it changes.';
const TOO_MANY =
  'Your address was changed five times in the last 30 days. It cannot be changed again yet.';

export const email: View = {
  title: 'E-mail address',
  part: '/profile',
  async show({ signal }) {
    const [{ email: before }, { factors: own }] = await Promise.all([customer(signal), factors(signal)]);
    const hadCodes = own.some(({ method }) => method === 'email');
    const address = field({
      name: 'email',
      label: 'New e-mail address',
      hint: `Now it is ${before}.`,
      attributes: {
        type: 'email',
        autocomplete: 'email',
        maxlength: '254',
        title: 'Write an address such as name@example.com.',
      },
    });
    /** It may be changed by now. */
    let isLost = false;
    const created = form({
      fields: [address],
      submit: 'Change it',
      busy: 'Changing it …',
      actions: [element('a', { class: 'plain', href: '#/profile' }, 'Back')],
      explain(error) {
        isLost ||= !isRefused(error);
        return explained(error, isLost ? UNSURE : 'Nothing was changed.');
      },
      async send() {
        const wanted = address.input.value.trim();
        try {
          const { email } = await changeEmail(wanted, signal);
          const done = `Your e-mail address is ${email} now.`;
          // A mailbox that nobody has shown to be theirs confirms nothing.
          const again = `${done} Codes no longer go to the old one: confirm the new one to get them there.`;
          goOn(hadCodes ? '/security/email' : '/profile', hadCodes ? again : done);
        } catch (error) {
          const isAbout = error instanceof Problem && error.status === 422;
          throw isAbout ? new Mistake(address, error.detail) : error;
        }
      },
    });
    return element('section', { class: 'card narrow' }, element('h1', {}, 'E-mail address'), created);
  },
};

/** Refusals that a customer can do something about, or has to wait for. */
function explained(error: unknown, undone: string): HTMLElement {
  const name = error instanceof Problem ? error.name : '';
  if (name === 'only-way') {
    const link = element('a', { href: '#/security' }, 'Set up another way');
    return element('p', { class: 'note wrong' }, ONLY_WAY, element('br'), link);
  }
  return name === 'too-many-addresses'
    ? element('p', { class: 'note wrong' }, TOO_MANY)
    : setUp(error, undone, UNSURE);
}
