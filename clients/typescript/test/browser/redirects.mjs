// A page that goes to a provider itself: node redirects.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { origin } from './bank.mjs';
import { User } from './chromium.mjs';
import { callBy, called, iss, withProvider } from './double.mjs';

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
  const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  assert.match(stored, /^{"stepup.authorization":"{\\"went\\":\[\d+\]}"}$/);
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

test('what another session asked for is thrown away', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const requests = await withProvider(page, { code: 'right', iss });
  await callBy(page, 'redirectStepper', `${origin}/`, { session: 'alice' });
  await page.waitForURL(/code=right/);
  for (const session of ['bob', undefined]) {
    await page.waitForFunction(() => globalThis.page !== undefined);
    // Nothing is exchanged: they go there themselves.
    const gone = page.waitForRequest('https://idp.example/**');
    await callBy(page, 'redirectStepper', `${origin}/`, { session });
    await gone;
    await page.waitForURL(/code=right/);
  }
  const states = new Set(requests.map(({ state }) => state));
  assert.equal(states.size, 3);
  const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  assert.doesNotMatch(stored, /alice|bob/);
});

/** The page as it is loaded, once more. */
async function again(page) {
  await page.waitForFunction(() => globalThis.page !== undefined);
  await callBy(page, 'redirectStepper', `${origin}/`);
}

test('an API that demands something else each time ends in an error', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  let age = 60;
  const demands = () => `error="insufficient_user_authentication", max_age=${age++}`;
  const requests = await withProvider(page, { code: 'right', iss }, demands);
  // Refused, whatever was got.
  await page.route(`${origin}/guarded`, (route) =>
    route.fulfill({ status: 401, headers: { 'www-authenticate': `Bearer ${demands()}` } }),
  );
  for (let times = 1; times <= 3; times += 1) {
    await again(page);
    await page.waitForURL(/code=right/);
    await again(page);
    assert.equal((await called(page)).code, 'asked-again');
    assert.equal(page.url(), `${origin}/`);
    assert.equal(requests.length, times);
  }
  await again(page);
  assert.equal((await called(page)).code, 'too-many');
  assert.equal(requests.length, 3);
});

test('a page that can keep nothing does not go', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const requests = await withProvider(page, { code: 'right', iss });
  await page.context().addInitScript(() => {
    const get = () => {
      throw new DOMException('no', 'SecurityError');
    };
    Object.defineProperty(globalThis, 'sessionStorage', { get });
  });
  await page.reload();
  await again(page);
  assert.equal((await called(page)).code, 'failed');
  assert.deepEqual(requests, []);
});

test('what somebody else left in its place is no request', async (t) => {
  const user = await User.with();
  for (const left of ['{', 'null', '{"went":"often"}', '{"went":["often"],"request":{}}']) {
    const page = await user.browse(t);
    const requests = await withProvider(page, { code: 'right', iss });
    await page.evaluate((left) => sessionStorage.setItem('stepup.authorization', left), left);
    await again(page);
    await page.waitForURL(/code=right/);
    await again(page);
    assert.deepEqual(await called(page), { status: 200, text: 'done' });
    assert.equal(requests.length, 1);
  }
});

test('what the page has in its address besides stays there', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await withProvider(page, { code: 'right', iss, tab: 'payments' });
  await again(page);
  await page.waitForURL(/code=right/);
  await again(page);
  assert.deepEqual(await called(page), { status: 200, text: 'done' });
  assert.equal(page.url(), `${origin}/?tab=payments`);
});
