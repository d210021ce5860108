// What a page gives away, and whom it listens to: node leaks.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { User, field, origin, outcome, part, pay, totp, type } from './chromium.mjs';

test('b6 no token is stored, shown or in an address', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const tokens = [user.token];
  page.on('response', async (response) => {
    if (response.url().endsWith('/proof')) {
      tokens.push((await response.json()).access_token);
    }
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

const provider = 'https://idp.example/authorize';

/** A provider that answers at once, and tries what a foreign page could try before that. */
async function withProvider(page, answer) {
  const requests = [];
  await page.context().route('https://idp.example/**', (route) => {
    const { searchParams } = new URL(route.request().url());
    requests.push(Object.fromEntries(searchParams));
    const back = new URL(searchParams.get('redirect_uri'));
    back.search = new URLSearchParams({ state: searchParams.get('state'), ...answer });
    const forged = new URL(back);
    forged.searchParams.set('code', 'forged');
    const body = `<!doctype html><title>Provider</title><script>
      opener?.postMessage({ kind: 'stepup-callback', address: ${JSON.stringify(forged)} }, '*');
      setTimeout(() => location.assign(${JSON.stringify(back)}), 500);
    </script>`;
    return route.fulfill({ contentType: 'text/html', body });
  });
  await page.route(`${origin}/guarded`, (route) => {
    const isEnough = route.request().headers().authorization === 'Bearer stepped-up';
    const error = 'error="insufficient_user_authentication", acr_values="phr mfa", max_age=60';
    return route.fulfill(
      isEnough ? { body: 'done' } : { status: 401, headers: { 'www-authenticate': `Bearer ${error}` } },
    );
  });
  return requests;
}

/** Calls the guarded page, with a stepper of this kind, from a click. */
async function callBy(page, kind, redirectUri) {
  await page.evaluate(
    ([kind, authorizationEndpoint, redirectUri]) => {
      globalThis.exchanged = [];
      const stepper = page.client[kind]({
        authorizationEndpoint,
        clientId: 'web',
        redirectUri,
        issuer: 'https://idp.example',
        async exchange({ code, codeVerifier }) {
          globalThis.exchanged.push([code, codeVerifier]);
          return { accessToken: 'stepped-up' };
        },
      });
      const api = page.client.createStepUpFetch({ getToken: () => 'login', stepper });
      const call = () => (globalThis.called = page.outcome(api('/guarded')));
      document.querySelector('h1').addEventListener('click', call, { once: true });
    },
    [kind, provider, redirectUri],
  );
  await page.locator('h1').click();
}

const called = (page) => page.evaluate(() => globalThis.called);
const iss = 'https://idp.example';

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
  ['cannot reach it', { error: 'unmet_authentication_requirements' }, 'unmet'],
  ['is refused', { error: 'access_denied' }, 'denied'],
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

test('a page that goes to the provider itself, and back', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await withProvider(page, { code: 'right', iss });
  await callBy(page, 'redirectStepper', `${origin}/`);
  await page.waitForURL(/code=right/);
  await page.waitForFunction(() => globalThis.page !== undefined);
  await callBy(page, 'redirectStepper', `${origin}/`);
  assert.deepEqual(await called(page), { status: 200, text: 'done' });
  // Neither the code nor what belongs to it stays.
  assert.equal(page.url(), `${origin}/`);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal((await page.evaluate(() => globalThis.exchanged)).length, 1);
});

test('a page that somebody sends the person to is no answer', async (t) => {
  const user = await User.with();
  const page = await user.browse(t, { path: '/?code=forged&state=forged' });
  const requests = await withProvider(page, { code: 'right', iss });
  await callBy(page, 'redirectStepper', `${origin}/`);
  await page.waitForURL(/code=right/);
  assert.equal(requests.length, 1);
});

test('a service worker', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const message = { token: user.token, code: totp(user.secret) };
  const answer = await page.evaluate(async (message) => {
    const policy = globalThis.trustedTypes.createPolicy('bank', { createScriptURL: (url) => url });
    const script = policy.createScriptURL('/page/worker.js');
    await navigator.serviceWorker.register(script, { type: 'module', scope: '/' });
    const { active } = await navigator.serviceWorker.ready;
    const answered = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data));
    });
    navigator.serviceWorker.startMessages();
    active.postMessage(message);
    return answered;
  }, message);
  assert.deepEqual(answer, { status: 200, text: 'sent 5' });
});
