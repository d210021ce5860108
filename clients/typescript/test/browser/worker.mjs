// A service worker, which has no dialog of its own: node worker.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, totp } from './bank.mjs';
import { User, outcome, part, pay, press, type } from './chromium.mjs';

/** The page, which calls through its worker. */
async function withWorker(t, ...methods) {
  const user = await User.with(...methods);
  const page = await user.browse(t, { path: '/?worker' });
  await page.evaluate(() => page.isReady);
  return { user, page };
}

test('a worker steps up, and the page asks for it', async (t) => {
  const { user, page } = await withWorker(t, 'totp');
  const { transfers } = await done();
  await pay(page);
  await type(page, '000000');
  await part(page, 'notice').filter({ hasText: 'not right' }).waitFor();
  await type(page, totp(user.secret));
  assert.deepEqual(await outcome(page), { status: 200, text: 'sent 250' });
  assert.equal((await done()).transfers, transfers + 1);
});

test('a worker whose page says no', async (t) => {
  const { page } = await withWorker(t, 'totp');
  await pay(page);
  await part(page, 'input').waitFor();
  await press(page, 'Cancel');
  assert.equal((await outcome(page)).code, 'cancelled');
});

test('a worker cannot ask for a passkey, and offers what works', async (t) => {
  const { user, page } = await withWorker(t, 'totp');
  const enrolling = page.evaluate(() => page.enrolKey('laptop'));
  await type(page, totp(user.secret));
  assert.equal((await enrolling).factor.method, 'webauthn');
  await pay(page);
  await part(page, 'input').waitFor();
  assert.match(await part(page, 'label').textContent(), /authenticator app/);
});
