// The authenticator app of the phone.

import { button, byId, element } from '../ui/dom.js';
import { all, drop, put } from './keep.js';
import { type App, STEP, appOf, codeAt } from './otp.js';
import { say } from './say.js';

const root = byId('codes', 'section');

/** `text` is what the tab was opened with. */
export async function apps(text: string): Promise<void> {
  let offered = appOf(text);
  const brought = await demoApps();
  let tick = () => {};
  const add = async (app: App) => {
    await put('apps', app);
    offered = undefined;
    say(`“${app.label}” is on this phone. Type its code at the bank.`);
    await draw();
  };
  const draw = async () => {
    const own = await all('apps');
    const rows = [
      ...own.map((app) => row(app, () => void drop('apps', app.secret).then(draw))),
      ...brought.map((app) => row(app)),
    ];
    const list = element('ul', { class: 'rows' }, ...rows.map(({ root }) => root));
    const title = element('h2', { id: 'codes-title' }, 'Authenticator app');
    const none = element('p', { class: 'muted' }, 'Nothing was added yet.');
    root.className = 'card';
    const offer = offered === undefined ? [] : [question(offered, add)];
    root.replaceChildren(title, ...offer, rows.length === 0 ? none : list);
    tick = () => void Promise.all(rows.map(({ tick }) => tick()));
    tick();
  };
  await draw();
  setInterval(() => tick(), 1000);
}

/** Those of the made-up customers. */
async function demoApps(): Promise<App[]> {
  try {
    const { users }: Demo = await (await fetch('/demo')).json();
    return users.map(({ user, totp_secret: secret }) => ({ label: `Bank: ${user}`, secret }));
  } catch {
    return [];
  }
}

interface Demo {
  readonly users: readonly { readonly user: string; readonly totp_secret: string }[];
}

/** Any page may have opened this one. */
function question(app: App, add: (app: App) => Promise<void>): HTMLElement {
  const text = element('p', {}, `Put “${app.label}” on this phone?`);
  const yes = button('Add', () => void add(app), { class: 'primary' });
  return element('div', { class: 'step' }, text, yes);
}

function row({ label, secret }: App, remove?: () => void) {
  const code = element('code', { class: 'big' });
  const left = element('progress', { max: String(STEP), 'aria-label': `Time left of ${label}` });
  const tick = async () => {
    const seconds = Date.now() / 1000;
    const text = await codeAt(seconds, secret);
    code.textContent = `${text.slice(0, 3)} ${text.slice(3)}`;
    left.value = STEP - (Math.floor(seconds) % STEP);
  };
  const take = remove === undefined ? [] : [button('Remove', remove, { class: 'quiet' })];
  const names = element('span', { class: 'grow' }, element('small', {}, label), code);
  return { root: element('li', {}, names, left, ...take), tick };
}
