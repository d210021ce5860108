// What a page gives away, and whom it listens to: node leaks.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { origin, totp } from './bank.mjs';
import { callBy, called, iss, provider, withProvider } from './double.mjs';
import { User, field, outcome, part, pay, type } from './chromium.mjs';

test('b6 no token is stored, shown or in an address', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const tokens = [user.token];
  // Read before the page has it: a page that goes on takes its answers along.
  await page.route('**/proof', async (route) => {
    const response = await route.fetch();
    tokens.push((await response.json()).access_token);
    await route.fulfill({ response });
  });
  const requests = [];
  page.on('request', (request) => requests.push(request));
  await pay(page);
  const during = await kept(page);
  await type(page, totp(user.secret));
  assert.equal((await outcome(page)).status, 200);
  assert.equal(tokens.length, 2);
  for (const text of [during, await kept(page), ...page.printed]) {
    assert.ok(!tokens.some((token) => text.includes(token)), text);
  }
  for (const request of requests.slice(1)) {
    assert.ok(!tokens.some((token) => request.url().includes(token)), request.url());
    if (request.url().includes('/step-up/')) {
      assert.equal((await request.allHeaders()).referer, undefined);
    }
  }
});

/** All that outlives the page, and the page itself. */
function kept(page) {
  return page.evaluate(async () => {
    const stores = [{ ...sessionStorage }, { ...localStorage }, await indexedDB.databases()];
    const caches = await globalThis.caches.keys();
    const shown = [document.documentElement.outerHTML, page.dialog.shadowRoot?.innerHTML];
    return JSON.stringify([stores, caches, shown, document.cookie, location.href, history.state]);
  });
}

test('b9 a redirect to another origin drops the token', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const redirected = await page.evaluate(() => page.outcome(page.api('/redirect')));
  assert.deepEqual(redirected, { status: 200, text: 'authorization: none' });
  const here = await page.evaluate(() => page.outcome(page.api('/echo')));
  assert.equal(here.text, `authorization: Bearer ${user.token}`);
});

test('b10 nothing is printed', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await pay(page);
  await type(page, totp(user.secret));
  await outcome(page);
  assert.deepEqual(page.printed.filter((line) => !line.startsWith('Failed to load')), []);
});

test('b7 a window is heard from its own origin alone', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const requests = await withProvider(page, { code: 'right', iss });
  const opened = page.waitForEvent('popup');
  await callBy(page, 'popupStepper', `${origin}/page/callback.html`);
  await (await opened).waitForURL(`${provider}**`);
  // Of the right origin, and not that window.
  await page.evaluate(
    (address) => window.postMessage({ kind: 'stepup-callback', address }, '*'),
    `${origin}/page/callback.html?code=forged&state=${requests[0].state}`,
  );
  assert.deepEqual(await called(page), { status: 200, text: 'done' });
  const [[code, verifier], ...more] = await page.evaluate(() => globalThis.exchanged);
  assert.deepEqual([code, more], ['right', []]);
  const [request] = requests;
  assert.deepEqual(
    [request.acr_values, request.max_age, request.response_type, request.scope],
    ['phr mfa', '60', 'code', 'openid'],
  );
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  assert.equal(request.code_challenge, Buffer.from(digest).toString('base64url'));
});

for (const [name, answer, code] of [
  ['cannot reach it', { error: 'unmet_authentication_requirements', iss }, 'unmet'],
  ['is refused', { error: 'access_denied', iss }, 'denied'],
  ['does not say who it is', { code: 'right' }, 'failed'],
  ['is another issuer', { code: 'right', iss: 'https://evil.example' }, 'failed'],
]) {
  test(`a provider that ${name}`, async (t) => {
    const user = await User.with();
    const page = await user.browse(t);
    await withProvider(page, answer);
    await callBy(page, 'popupStepper', `${origin}/page/callback.html`);
    assert.equal((await called(page)).code, code);
    assert.deepEqual(await page.evaluate(() => globalThis.exchanged), []);
  });
}

test('a window that the person closes', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await withProvider(page, { code: 'right' });
  const opened = page.waitForEvent('popup');
  await callBy(page, 'popupStepper', `${origin}/page/callback.html`);
  await (await opened).close();
  assert.equal((await called(page)).code, 'cancelled');
});

test('a window that comes back with another\'s answer', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await withProvider(page, { code: 'right', state: 'another', iss });
  const opened = page.waitForEvent('popup');
  const callback = `${origin}/page/callback.html`;
  await callBy(page, 'popupStepper', callback);
  const popup = await opened;
  // It has reported, and taken the code out of its address.
  await popup.waitForURL(callback);
  await popup.close();
  assert.equal((await called(page)).code, 'cancelled');
  assert.deepEqual(await page.evaluate(() => globalThis.exchanged), []);
});

test('a challenge of Entra\'s goes to the provider as the claims that it is', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  const demand = `error="insufficient_claims", claims="${btoa(claims)}"`;
  const requests = await withProvider(page, { code: 'right', iss }, () => demand);
  await callBy(page, 'popupStepper', `${origin}/page/callback.html`, { dialects: ['entra'] });
  assert.deepEqual(await called(page), { status: 200, text: 'done' });
  const [request] = requests;
  assert.deepEqual([request.claims, request.acr_values], [claims, undefined]);
});
