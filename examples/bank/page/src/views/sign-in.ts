import { Problem } from '../bank/api.js';
import { type Demo, type DemoUser, demo } from '../bank/demo.js';
import { sentence } from '../bank/failures.js';
import { signIn as send } from '../bank/money.js';
import { session } from '../bank/session.js';
import type { View } from '../router.js';
import { button, element } from '../ui/dom.js';
import { field } from '../ui/field.js';
import { form } from '../ui/form.js';
import { wait } from '../ui/format.js';

const ENDINGS = {
  'signing-out': 'Signing out …',
  unheard: 'You are signed out in this tab. The bank has not heard of it yet: keep this page open until it has.',
  'signed-out': 'You are signed out.',
  over: 'You were signed out, to keep your money safe. Sign in again to go on.',
  anew: 'Sign in again, and go on where you were.',
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
    const ended = ending(signal);
    const created = form({
      fields: [user, password],
      submit: 'Sign in',
      busy: 'Signing in …',
      explain,
      async send() {
        if (session.ending !== 'unheard') {
          ended?.remove();
        }
        // The bank writes names in small letters, and keyboards begin with a capital one.
        const name = user.input.value.trim().toLowerCase();
        const { access_token: token } = await send(name, password.input.value, signal);
        session.begin({ user: name, token });
      },
    });
    const tryAs = ({ user: name, password: secret }: DemoUser) => {
      user.input.value = name;
      password.input.value = secret;
      created.requestSubmit();
    };
    // Nobody waits for it to sign in.
    const made = element('div', { class: 'demo' });
    void demo().then((told) => {
      if (told === undefined) {
        made.remove();
      } else {
        made.replaceChildren(element('hr'), element('h2', {}, 'Just looking?'), ...choice(told, tryAs));
      }
    });
    const title = element('h1', {}, 'Sign in');
    return element('section', { class: 'card narrow' }, title, ...(ended ? [ended] : []), created, made);
  },
};

/** Why nobody is signed in any more, for as long as that changes. */
function ending(signal: AbortSignal): HTMLElement | undefined {
  if (session.ending === undefined) {
    return undefined;
  }
  const said = element('p', { role: 'status' });
  const say = () => {
    said.className = session.ending === 'unheard' ? 'note wrong' : 'note';
    said.textContent = ENDINGS[session.ending!];
  };
  session.addEventListener('leaving', say, { signal });
  say();
  return said;
}

/** Those whom anybody may be. */
function choice({ users, outbox }: Demo, tryAs: (user: DemoUser) => void): Node[] {
  const [first] = users;
  if (first === undefined) {
    const none = 'All made-up customers have closed their accounts. Start the bank with another --store for new ones.';
    return [element('p', { class: 'muted' }, none)];
  }
  const buttons = users.map((user) => {
    const initial = element('span', { class: 'face', 'aria-hidden': 'true' }, user.name.slice(0, 1));
    return button(element('span', {}, initial, user.name), () => tryAs(user), { class: 'pick' });
  });
  const password = element('code', {}, first.password);
  const codes = ` Codes for them are in ${outbox ? 'Phone and Outbox' : 'Phone'}, below.`;
  return [
    element('p', { class: 'muted' }, 'Sign in as a made-up customer. The password of each is ', password, '.', codes),
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
