import type { Begun } from '../bank/factors.js';
import { METHODS } from '../bank/methods.js';
import { beside, element } from '../ui/dom.js';
import { codeForm } from './code.js';
import { type Steps, beginning, page } from './page.js';
import { copyButton, qr } from './show.js';

/** An authenticator app: show it the secret, have it show a code. */
export const app = page('totp', (steps) => {
  const start = beginning('Begin', async () => scan(steps, await steps.enrolment.begin()));
  steps.show(element('p', {}, METHODS['totp']!.about), start);
});

function scan(steps: Steps, { id, secret, otpauth_uri, qr: svg }: Begun): void {
  const spaced = secret.match(/.{1,4}/g)!.join(' ');
  const demo = beside(`/phone#${encodeURIComponent(otpauth_uri)}`, 'Put it on the demo phone');
  const label = 'The code that it shows now';
  steps.show(
    element('p', {}, 'Scan this with your authenticator app.'),
    qr(svg, 'QR code for your authenticator app'),
    element('p', { class: 'muted' }, 'Or type this into it: '),
    element('p', { class: 'secret' }, element('code', {}, spaced), copyButton(secret)),
    element('p', {}, demo),
    codeForm(steps, id, { label, done: 'Your authenticator app is set up.' }),
  );
}
