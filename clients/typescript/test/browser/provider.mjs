// A page, an API of another origin and a certified provider of a third:
// node provider.mjs ORIGIN ISSUER API LOGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { origin } from './bank.mjs';
import { User } from './chromium.mjs';

const [issuer, api, login] = process.argv.slice(3);

const seen = async () => (await fetch(`${issuer}/seen`)).json();

const open = (t) => new User().browse(t);

/** Makes `call()` in the page: one call of the API, with a stepper of this kind. */
async function prepare(page, kind, settings = {}) {
  const { clientId = 'web', iss = issuer, method = 'POST', path = '/transfers' } = settings;
  const redirectUri = kind === 'popupStepper' ? `${origin}/page/callback.html` : `${origin}/`;
  const given = { kind, clientId, iss, issuer, api, login, redirectUri, method, path };
  await page.evaluate((given) => {
    const { kind, clientId, iss, issuer, api, login, redirectUri, method, path } = given;
    async function exchange({ code, codeVerifier, redirectUri, signal }) {
      const form = { grant_type: 'authorization_code', client_id: clientId, code };
      const body = { ...form, code_verifier: codeVerifier, redirect_uri: redirectUri };
      const request = { method: 'POST', body: new URLSearchParams(body), signal };
      const response = await fetch(`${issuer}/token`, request);
      const { access_token: accessToken, expires_in: expiresIn } = await response.json();
      return { accessToken, expiresIn };
    }
    const call = page.client.createStepUpFetch({
      origins: [api],
      getToken: () => login,
      stepper: page.client[kind]({
        authorizationEndpoint: `${issuer}/auth`,
        issuer: iss,
        clientId,
        redirectUri,
        scope: 'openid accounts',
        parameters: () => ({ resource: 'https://api.example' }),
        exchange,
      }),
    });
    globalThis.call = () => {
      globalThis.called = page.outcome(call(`${api}${path}`, { method, body: '250' }));
    };
    document.querySelector('h1').addEventListener('click', globalThis.call);
  }, given);
}

/** Calls from a click: the provider's window. */
async function popUp(page) {
  const opened = page.waitForEvent('popup');
  await page.locator('h1').click();
  return opened;
}

const called = (page) => page.evaluate(() => globalThis.called);
const sent = { status: 200, text: 'sent 250' };

test('b7 a login in a window goes on with the call', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper');
  const popup = await popUp(page);
  const closed = popup.waitForEvent('close');
  await popup.getByText('Log in').click();
  assert.deepEqual(await called(page), sent);
  await closed;
  const { logins, redeemed } = await seen();
  const { acr_values: acr, max_age: age, code_challenge_method: pkce, state } = logins.at(-1);
  // As it stood in the challenge, which the page may read across origins.
  assert.deepEqual([acr, String(age), pkce], ['mfa phr phrh', '300', 'S256']);
  assert.match(state, /^[\w-]{43}$/);
  // By the page itself, and its browser let it have the answer.
  assert.equal(redeemed.at(-1), origin);
  // What was got is kept: no window for the next call.
  await page.locator('h1').click();
  assert.deepEqual(await called(page), sent);
  assert.equal((await seen()).logins.length, logins.length);
});

test('b7 a window from which the answer names another issuer', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper', { iss: 'https://login.example' });
  const { redeemed } = await seen();
  const popup = await popUp(page);
  await popup.getByText('Log in').click();
  assert.equal((await called(page)).code, 'failed');
  assert.deepEqual((await seen()).redeemed, redeemed);
});

test('a no in the window', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper');
  const popup = await popUp(page);
  await popup.getByText('No').click();
  assert.equal((await called(page)).code, 'denied');
});

test('a level that nobody reaches there', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper', { method: 'DELETE', path: '/account' });
  const popup = await popUp(page);
  await popup.getByText('Log in').click();
  assert.equal((await called(page)).code, 'unmet');
});

test('a window that is closed, and another try', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper');
  await (await popUp(page)).close();
  assert.equal((await called(page)).code, 'cancelled');
  const popup = await popUp(page);
  await popup.getByText('Log in').click();
  assert.deepEqual(await called(page), sent);
});

test('a window that nobody clicked for is blocked', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper');
  // What a test has done counts as the user's doing, and is good for one window.
  const unasked = 'window.open("about:blank")?.close(); call(); called';
  assert.equal((await page.runUnasked(unasked)).code, 'popup-blocked');
  // From a click it opens.
  const popup = await popUp(page);
  await popup.getByText('Log in').click();
  assert.deepEqual(await called(page), sent);
});

test('a provider that lets no page redeem codes', async (t) => {
  const page = await open(t);
  await prepare(page, 'popupStepper', { clientId: 'walled' });
  const popup = await popUp(page);
  await popup.getByText('Log in').click();
  assert.equal((await called(page)).code, 'failed');
  assert.ok(page.printed.some((line) => line.includes('blocked by CORS policy')));
});

test('b7 a page that goes there itself, and back', async (t) => {
  const page = await open(t);
  await prepare(page, 'redirectStepper');
  await page.locator('h1').click();
  await page.getByText('Log in').click();
  await page.waitForURL(/[?&]code=/);
  assert.equal(new URL(page.url()).searchParams.get('iss'), issuer);
  await page.waitForFunction(() => globalThis.page !== undefined);
  await prepare(page, 'redirectStepper');
  await page.locator('h1').click();
  assert.deepEqual(await called(page), sent);
  assert.equal(page.url(), `${origin}/`);
  // But for when it went.
  const stored = await page.evaluate(() => sessionStorage.getItem('stepup.authorization'));
  assert.match(stored, /^{"went":\[\d+\]}$/);
  assert.equal((await seen()).redeemed.at(-1), origin);
});

test('a no, where the page went itself', async (t) => {
  const page = await open(t);
  await prepare(page, 'redirectStepper');
  await page.locator('h1').click();
  await page.getByText('No').click();
  await page.waitForURL(/[?&]error=/);
  await page.waitForFunction(() => globalThis.page !== undefined);
  await prepare(page, 'redirectStepper');
  await page.locator('h1').click();
  assert.equal((await called(page)).code, 'denied');
  // A new click is a new question.
  assert.equal(page.url(), `${origin}/`);
  await page.locator('h1').click();
  await page.getByText('Log in').waitFor();
});
