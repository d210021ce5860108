import { Problem } from '../bank/api.js';
import { sentence } from '../bank/failures.js';
import { type DemoUser, demoUsers, signIn as send } from '../bank/money.js';
import { session } from '../bank/session.js';
import type { View } from '../router.js';
import { button, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { wait } from '../ui/format.js';

const ENDINGS = {
  'signed-out': 'You are signed out.',
  over: 'You were signed out, to keep your money safe. Sign in again to go on.',
  closed: 'Your account is closed. Goodbye.',
} as const;

/** Anybody is welcome; where they wanted to go is still in the address. */
export const signIn: View = {
  title: 'Sign in',
  show({ signal }) {
    const user = field({
      name: 'username',
      label: 'User name',
      attributes: { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', maxlength: '64' },
    });
    const password = field({
      name: 'password',
      label: 'Password',
      attributes: { type: 'password', autocomplete: 'current-password', maxlength: '1024' },
    });
    const created = form({
      fields: [user, password],
      submit: 'Sign in',
      busy: 'Signing in …',
      explain,
      async send() {
        const name = user.input.value.trim();
        const { access_token: token } = await send(name, password.input.value);
        session.begin({ user: name, token });
      },
    });
    const tryAs = ({ user: name, password: secret }: DemoUser) => {
      user.input.value = name;
      password.input.value = secret;
      created.requestSubmit();
    };
    const { ending } = session;
    const section = element('section', { class: 'card narrow' }, element('h1', {}, 'Sign in'));
    if (ending !== undefined) {
      section.append(element('p', { class: 'note', role: 'status' }, ENDINGS[ending]));
    }
    // Nobody waits for it to sign in.
    const demo = element('div', { class: 'demo' });
    void demoUsers(signal).then((users) => demo.replaceChildren(...choice(users, tryAs)));
    section.append(created, demo);
    return section;
  },
};

/** Those whom anybody may be. */
function choice(users: readonly DemoUser[], tryAs: (user: DemoUser) => void): Node[] {
  const [first] = users;
  if (first === undefined) {
    return [];
  }
  const buttons = users.map((user) => {
    const initial = element('span', { class: 'face', 'aria-hidden': 'true' }, user.name.slice(0, 1));
    return button(element('span', {}, initial, user.name), () => tryAs(user), { class: 'pick' });
  });
  const password = element('code', {}, first.password);
  return [
    element('hr'),
    element('h2', {}, 'Just looking?'),
    element('p', { class: 'muted' }, 'Sign in as a made-up customer. The password of each is ', password, '.'),
    element('div', { class: 'picks' }, ...buttons),
  ];
}

function explain(error: unknown): string {
  if (error instanceof Problem && error.status === 401) {
    return 'User name or password is wrong.';
  }
  if (error instanceof Problem && error.status === 429) {
    const after = error.retryAfter === undefined ? 'later' : `in ${wait(error.retryAfter)}`;
    return `There were too many tries. Try again ${after}.`;
  }
  return sentence(error);
}
