// Every page in each of its looks: node looks.mjs ORIGIN. With SCREENSHOTS it leaves pictures in
// that folder.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import {
  browserFor,
  choose,
  heading,
  origin,
  part,
  pay,
  signedIn,
  tab,
} from './chromium.mjs';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const folder = process.env.SCREENSHOTS;

const sizes = {
  narrow: { width: 320, height: 640 },
  middle: { width: 768, height: 1024 },
  wide: { width: 1280, height: 860 },
};

/** By the name of each, what stands there as its heading. */
const pages = {
  '/': 'Hello',
  '/pay': 'Send money',
  '/security': 'Ways to confirm',
  '/security/passkey': 'Passkey',
  '/security/phone': 'Phone',
  '/security/app': 'Authenticator app',
  '/security/email': 'E-mail',
  '/security/codes': 'Recovery codes',
  '/profile': 'Profile',
  '/profile/email': 'E-mail address',
  '/profile/close': 'Close your account',
};

const states = {
  async 'pay-wrong'(page) {
    await pay(page, 'bob', 'much');
    await page.locator('.field.wrong').waitFor();
  },
  async 'pay-review'(page) {
    await page.locator('#amount').fill('25');
    await page.keyboard.press('Enter');
    await heading(page, 'Is this right?');
  },
  async 'pay-asked'(page) {
    await page.getByRole('button', { name: /^Send €/ }).click();
    await part(page, 'method').first().waitFor();
  },
  async 'dialog-unavailable'(page) {
    await page.route(ASKED, (route) => route.fulfill({ status: 503 }));
    await choose(page, 'E-mail');
    await part(page, 'notice').filter({ hasText: /./ }).waitFor();
    await page.unroute(ASKED);
  },
  async 'pay-cancelled'(page) {
    await page.keyboard.press('Escape');
    await page.getByText('You cancelled.').waitFor();
  },
  async 'pay-unsure'(page) {
    await page.route('**/transfers', (route) => route.abort());
    await page.route('**/transfers/*', (route) => route.abort());
    await page.getByRole('button', { name: /^Send €/ }).click();
    await page.getByText('We do not know whether it was sent.').waitFor();
  },
  async 'pay-lost'(page) {
    await page.reload();
    await page.locator('.note', { hasText: 'may have been sent' }).waitFor();
  },
  async 'pay-unsettled'(page) {
    await page.getByRole('link', { name: 'Change' }).click();
    await heading(page, 'Send money');
    await page.locator('#amount').fill('26');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('We have to know first').waitFor();
    await page.unroute('**/transfers');
    await page.unroute('**/transfers/*');
  },
  async drawer(page) {
    const refused = page.locator('.exchanges details', { hasText: 'Refused for now' }).first();
    const press = () => page.getByRole('button', { name: 'What just happened' }).click();
    if (page.viewportSize().width < 1280) {
      await pay(page, 'bob', '24');
      await part(page, 'method').first().waitFor();
      await page.keyboard.press('Escape');
      await press();
      await refused.click();
    } else {
      await press();
      await pay(page, 'bob', '24');
      await part(page, 'method').first().waitFor();
      // It opens by itself, beside what it brought.
      await page.locator('.exchanges details[open]', { hasText: 'proved in the last 5 minutes' }).waitFor();
      const [asks, drawer] = [part(page, 'dialog'), page.locator('.drawer')];
      const [left, right] = [await asks.boundingBox(), await drawer.boundingBox()];
      assert.ok(left.x + left.width <= right.x, `${left.x + left.width} > ${right.x}`);
    }
  },
  async 'login-too-old'(page) {
    if (await part(page, 'dialog').isVisible()) {
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.route('**/step-up/enrolments', (route) =>
      route.fulfill({ status: 403, json: { type: '/problems/login-too-old', max_age: 300 } }),
    );
    await page.goto(`${origin}/#/security/app`);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('Sign in again: the first way').waitFor();
  },
  async 'email-only-way'(page) {
    await page.route('**/profile/email', (route) =>
      route.fulfill({ status: 409, json: { type: '/problems/only-way' } }),
    );
    await page.goto(`${origin}/#/profile/email`);
    await page.locator('#email').fill('alice@elsewhere.example');
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Set up another way to confirm first').waitFor();
  },
  async 'codes-unsure'(page) {
    await page.route('**/step-up/enrolments', (route) => route.abort());
    await page.goto(`${origin}/#/security/codes`);
    await page.getByRole('button', { name: 'Make ten codes' }).click();
    await page.getByText('We do not know whether new codes were made.').waitFor();
  },
  async codes(page) {
    const codes = Array.from({ length: 10 }, (_, at) => `abcd-efgh-ijk${at}`);
    await page.route('**/step-up/enrolments', (route) => route.fulfill({ status: 201, json: { id: 'e_', codes } }));
    await page.getByRole('button', { name: 'Make ten codes' }).click();
    await page.locator('.codes').waitFor();
  },
  async 'close-sure'(page) {
    page.once('dialog', (dialog) => dialog.accept());
    await page.goto(`${origin}/#/profile/close`);
    await heading(page, 'Close your account');
    await page.getByRole('button', { name: 'Close my account' }).click();
    await page.getByText('Tick this to go on.').waitFor();
  },
  async 'close-unmet'(page) {
    await page.goto(`${origin}/#/profile/close`);
    await heading(page, 'Close your account');
    await page.locator('#sure').check();
    await page.getByRole('button', { name: 'Close my account' }).click();
    await page.getByText('Set up: Passkey').waitFor();
  },
  async remove(page) {
    await page.goto(`${origin}/#/security`);
    await heading(page, 'Ways to confirm');
    await page.getByRole('button', { name: /^Remove/ }).first().click();
    await page.locator('dialog.ask[open]').waitFor();
  },
  async 'signed-out-unheard'(page) {
    await page.keyboard.press('Escape');
    await page.route('**/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('The bank has not heard of it yet').waitFor();
  },
};

/** Where a code is asked for. */
const ASKED = '**/step-up/ceremonies/*/factors/*';

/** There is a mail in the outbox: bob is sent a code. */
before(async () => {
  const post = async (path, body, token = '') => {
    const headers = new Headers({ 'content-type': 'application/json' });
    if (token !== '') {
      headers.set('authorization', `Bearer ${token}`);
    }
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(origin + path, sent)).json();
  };
  const { access_token: token } = await post('/login', { user: 'bob', password: 'correct horse' });
  const { id, factors } = await post('/step-up/ceremonies', { acr_values: 'mfa' }, token);
  const { id: email } = factors.find(({ method }) => method === 'email');
  await post(`/step-up/ceremonies/${id}/factors/${email}`, {}, token);
});

/** What is wrong with the page as it stands there. */
async function faults(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) {
      found.push(`it is scrolled sideways: ${scrollWidth} of ${clientWidth}`);
    }
    for (const node of document.querySelectorAll('button, a, input, summary')) {
      const { width, height } = node.getBoundingClientRect();
      const isShown = node.checkVisibility() && width > 1 && node.className !== 'skip';
      if (isShown && Math.min(width, height) < 24) {
        found.push(`it is hard to hit: ${node.outerHTML}`);
      }
    }
    return found;
  });
}

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${size} and ${colorScheme}`, async (t) => {
      const context = await browserFor(t, { viewport, colorScheme, reducedMotion: 'reduce' });
      const look = async (page, name) => {
        assert.deepEqual(await faults(page), [], name);
        if (folder) {
          await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
        }
      };
      for (const path of ['/', '/phone', '/demo/outbox']) {
        const page = await tab(context, path);
        await page.getByText(path === '/' ? 'Bob Baker' : /Bank: bob|confirmation code/).first().waitFor();
        await look(page, path === '/' ? 'sign-in' : path.slice(1).replace('/', '-'));
      }
      const page = await signedIn(context, 'alice');
      for (const [path, title] of Object.entries(pages)) {
        await page.goto(`${origin}/#${path}`);
        await heading(page, title);
        await look(page, path === '/' ? 'accounts' : path.slice(1).replace('/', '-'));
      }
      for (const [name, reach] of Object.entries(states)) {
        await reach(page);
        await look(page, name);
      }
    });
  }
}

test('with letters of twice the size, all is still there to be pressed', async (t) => {
  const page = await signedIn(await browserFor(t, { viewport: { width: 360, height: 740 } }), 'alice');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
  for (const [path, title] of Object.entries(pages)) {
    await page.goto(`${origin}/#${path}`);
    await heading(page, title);
    if (folder) {
      await page.screenshot({ path: join(folder, `200${path.replaceAll('/', '-')}.png`) });
    }
    assert.deepEqual(await faults(page), [], path);
    const ends = await page.locator('#nav a').evaluateAll((all) =>
      all.map((one) => [one.getBoundingClientRect().right, one.scrollWidth - one.clientWidth]),
    );
    assert.equal(ends.length, 4);
    assert.ok(ends.every(([right, hidden]) => right <= 360 && hidden <= 0), `${path}: ${ends}`);
  }
});

test('magnified four times, the page is not behind its own bars', async (t) => {
  const page = await signedIn(await browserFor(t, { viewport: { width: 320, height: 256 } }), 'alice');
  assert.equal(await page.locator('#nav').evaluate((nav) => getComputedStyle(nav).position), 'static');
  assert.deepEqual(await faults(page), []);
  if (folder) {
    await page.screenshot({ path: join(folder, '400.png') });
  }
});
