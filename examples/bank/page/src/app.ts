import type { StepUpDialog } from 'stepup-client/dialog';
import { signOut } from './bank/leaving.js';
import { lifetime } from './bank/lifetime.js';
import { DIALOG } from './bank/methods.js';
import { session } from './bank/session.js';
import { drawer } from './drawer/drawer.js';
import { app } from './enrol/app.js';
import { codes } from './enrol/codes.js';
import { email as emailFactor } from './enrol/email.js';
import { passkey } from './enrol/passkey.js';
import { phone } from './enrol/phone.js';
import { footer } from './footer.js';
import { mayLeave, start } from './router.js';
import { byId, element } from './ui/dom.js';
import { type IconName, icon } from './ui/icons.js';
import { close } from './views/close.js';
import { email } from './views/email.js';
import { home } from './views/home.js';
import { pay } from './views/pay.js';
import { profile } from './views/profile.js';
import { review } from './views/review.js';
import { security } from './views/security.js';
import { sent } from './views/sent.js';
import { signIn } from './views/sign-in.js';

// The bank's origin has the name of this machine, not its address: there nobody would step up.
if (['127.0.0.1', '[::1]'].includes(location.hostname)) {
  location.hostname = 'localhost';
}

const PARTS: readonly (readonly [string, string, IconName])[] = [
  ['/', 'Accounts', 'home'],
  ['/pay', 'Send', 'send'],
  ['/security', 'Security', 'shield'],
  ['/profile', 'Profile', 'person'],
];

const nav = byId('nav', 'nav');
const out = byId('out', 'button');
const links = PARTS.map(([path, name, picture]) =>
  element('a', { href: `#${path}` }, icon(picture), element('span', {}, name)),
);
nav.append(...links);
out.addEventListener('click', () => mayLeave() && signOut());

const greet = () => {
  const isIn = session.login !== undefined;
  nav.hidden = !isIn;
  out.hidden = !isIn;
  document.documentElement.classList.toggle('signed-in', isIn);
};
session.addEventListener('change', greet);
greet();
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  byId('main', 'main').focus();
});
document.querySelector<StepUpDialog>('step-up-dialog')!.texts = DIALOG;

drawer();
void footer();
lifetime(mayLeave);
start(
  {
    '/': home,
    '/pay': pay,
    '/pay/review': review,
    '/sent': sent,
    '/security': security,
    '/security/passkey': passkey,
    '/security/app': app,
    '/security/email': emailFactor,
    '/security/codes': codes,
    '/security/phone': phone,
    '/profile': profile,
    '/profile/email': email,
    '/profile/close': close,
  },
  signIn,
);
