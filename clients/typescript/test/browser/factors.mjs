// Each factor, with the keyboard alone, and what may go wrong with it: node factors.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { done, totp, wrong } from './bank.mjs';
import { User, choose, field, outcome, part, pay, press, type } from './chromium.mjs';

const sent = { status: 200, text: 'sent 250' };

test('an authenticator app', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const { transfers } = await done();
  await pay(page);
  await field(page);
  assert.equal(await part(page, 'reason').textContent(), 'Confirm that you are sending €250 to Bob.');
  await type(page, totp(user.secret));
  assert.deepEqual(await outcome(page), sent);
  assert.equal((await done()).transfers, transfers + 1);
  // It is over: the person is where they were, and nothing is left of the code.
  assert.equal(await page.evaluate(() => document.activeElement.id), 'pay');
  assert.equal(await part(page, 'input').count(), 0);
});

test('a passkey', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  const enrolled = await page.evaluate(() => page.enrolKey('laptop'));
  assert.equal(enrolled.factor.method, 'webauthn');
  await pay(page);
  await part(page, 'primary').waitFor();
  await page.keyboard.press('Enter');
  assert.deepEqual(await outcome(page), sent);
  // What is asked for here is more than a code reaches.
  const close = page.evaluate(() => page.outcome(page.api('/account', { method: 'DELETE' })));
  await part(page, 'primary').waitFor();
  await page.keyboard.press('Enter');
  assert.deepEqual(await close, { status: 200, text: 'closed' });
});

test('a code by e-mail, with spaces', async (t) => {
  const user = await User.with('email');
  const page = await user.browse(t);
  await pay(page);
  await field(page);
  assert.match(await part(page, 'label').textContent(), /sent to u…@mail\.example/);
  const [code] = await user.mails();
  await type(page, `${code.slice(0, 3)} ${code.slice(3)}`);
  assert.deepEqual(await outcome(page), sent);
});

test('a recovery code, in small letters', async (t) => {
  const user = await User.with('totp', 'recovery');
  const page = await user.browse(t);
  await pay(page);
  await choose(page, 'Recovery code');
  await type(page, user.codes[3].toLowerCase());
  assert.deepEqual(await outcome(page), sent);
});

test('a device of the user\'s, with the number that stands there', async (t) => {
  const user = await User.with('push');
  const page = await user.browse(t);
  await pay(page);
  const number = part(page, 'number');
  await number.waitFor();
  await user.answerOnDevice(await number.textContent());
  assert.deepEqual(await outcome(page), sent);
});

test('another number is typed on the device', async (t) => {
  const user = await User.with('push');
  const page = await user.browse(t);
  await pay(page);
  const number = part(page, 'number');
  await number.waitFor();
  const json = { type: 'https://x/problems/wrong-answer', attempts_left: 4 };
  await page.route('**/proof', (route) => route.fulfill({ status: 403, json }), { times: 1 });
  await part(page, 'notice').filter({ hasText: /not the one that was shown.* 4 more/ }).waitFor();
  await choose(page, 'Your phone');
  await number.waitFor();
  // The new number is not what was wrong.
  assert.equal(await part(page, 'notice').textContent(), '');
  await user.answerOnDevice(await number.textContent());
  assert.deepEqual(await outcome(page), sent);
});

test('a no on the device', async (t) => {
  const user = await User.with('push');
  const page = await user.browse(t);
  await pay(page);
  await part(page, 'number').waitFor();
  await user.answerOnDevice();
  assert.equal((await outcome(page)).code, 'denied');
});

test('the way that was used last comes first', async (t) => {
  const user = await User.with('totp', 'recovery', 'email');
  const page = await user.browse(t);
  const names = () => part(page, 'method').allTextContents();
  await pay(page);
  await part(page, 'method').first().waitFor();
  assert.match((await names())[0], /Authenticator app/);
  await choose(page, 'Recovery code');
  await type(page, user.codes[0]);
  await outcome(page);
  await page.evaluate(() => page.api.forget());
  await pay(page);
  await part(page, 'method').first().waitFor();
  assert.match((await names())[0], /Recovery code/);
  assert.ok(await part(page, 'method').first().evaluate((node) => node.matches(':focus')));
});

test('another way, after all', async (t) => {
  const user = await User.with('totp', 'email');
  const page = await user.browse(t);
  await pay(page);
  await choose(page, 'Code by e-mail');
  await field(page);
  await press(page, 'Another way');
  await choose(page, 'Authenticator app');
  await type(page, totp(user.secret));
  assert.deepEqual(await outcome(page), sent);
});

test('cancelled, by the key and by the button', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  for (const how of [() => page.keyboard.press('Escape'), () => press(page, 'Cancel')]) {
    await pay(page);
    await field(page);
    await how();
    assert.equal((await outcome(page)).code, 'cancelled');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pay');
    await page.evaluate(() => (document.querySelector('#outcome').textContent = ''));
  }
  const cancelled = ['Enrolled', 'Begun', 'Cancelled', 'Begun', 'Cancelled'];
  // The authority is told behind the person's back.
  for (let tries = 0; tries < 50 && (await user.events()).length < cancelled.length; tries += 1) {
    await page.waitForTimeout(50);
  }
  assert.deepEqual(await user.events(), cancelled);
});

test('a wrong code twice, then the right one', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await pay(page);
  for (const left of [4, 3]) {
    await type(page, wrong(user.secret));
    const notice = part(page, 'notice').filter({ hasText: `${left} more` });
    await notice.waitFor();
    const input = await field(page);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    assert.equal(await input.inputValue(), '');
    assert.ok(await input.evaluate((node) => node.matches(':focus')));
  }
  await type(page, totp(user.secret));
  assert.deepEqual(await outcome(page), sent);
});

test('wrong codes until the ceremony is over', async (t) => {
  const user = await User.with('recovery', 'totp');
  const page = await user.browse(t);
  await pay(page);
  await choose(page, 'Recovery code');
  for (let left = 4; left >= 0; left -= 1) {
    await type(page, '0000-0000-0000-0000');
    const said = ['not right. That was the last attempt.', 'one more'][left] ?? `${left} more`;
    await part(page, 'notice').filter({ hasText: said }).waitFor();
  }
  await choose(page, 'Authenticator app');
  assert.equal(await (await field(page)).getAttribute('aria-invalid'), null);
  assert.equal(await part(page, 'notice').textContent(), '');
  await type(page, totp(user.secret));
  assert.deepEqual(await outcome(page), sent);
});

test('the network is lost before, during and after an answer', async (t) => {
  const user = await User.with('totp', 'recovery');
  const page = await user.browse(t);
  const authority = '**/step-up/**';
  const lose = (route) => route.abort('internetdisconnected');
  const offline = () => part(page, 'notice').filter({ hasText: 'no connection' }).waitFor();

  await page.route(authority, lose);
  await pay(page);
  await offline();
  // Whoever asks for the same again may have had it done before, without knowing.
  const said = await part(page, 'form').textContent();
  assert.equal(said.replace(/^.*connection\./, ''), 'We could not check yet that it is you.Try againCancel');
  await page.keyboard.press('Enter');
  await offline();
  await page.unroute(authority);
  await press(page, 'Try again');

  await choose(page, 'Authenticator app');
  await page.route(authority, lose);
  const code = totp(user.secret);
  await type(page, code);
  await offline();
  // What was typed is still there.
  assert.equal(await (await field(page)).inputValue(), code);
  await page.unroute(authority);

  // It arrives, and its answer does not.
  await page.route('**/proof', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.keyboard.press('Enter');
  await offline();
  await page.unroute('**/proof');
  await page.keyboard.press('Enter');
  assert.deepEqual(await outcome(page), sent);
  assert.equal((await user.events()).filter((event) => event === 'Proved').length, 1);
});

test('the page is loaded again in the middle', async (t) => {
  const user = await User.with('email', 'totp');
  const page = await user.browse(t);
  await pay(page);
  await choose(page, 'Code by e-mail');
  await field(page);
  const stored = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  assert.match(stored, /c_[\w-]{22}/);
  await page.reload();
  await page.waitForFunction(() => globalThis.page !== undefined);
  await pay(page);
  await choose(page, 'Code by e-mail');
  await field(page);
  const mails = await user.mails();
  assert.equal(mails.length, 1, 'the first is still good');
  await type(page, mails[0]);
  assert.deepEqual(await outcome(page), sent);
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.equal(await user.prompts(), 1);
});

test('a browser without WebAuthn is offered what works', async (t) => {
  const user = await User.with('totp');
  const first = await user.browse(t);
  const enrolling = first.evaluate(() => page.enrolKey('laptop'));
  await type(first, totp(user.secret));
  await enrolling;
  const page = await user.browse(t);
  await pay(page);
  await part(page, 'method').first().waitFor();
  assert.equal(await part(page, 'method').count(), 2);
  await page.keyboard.press('Escape');
  await page.context().addInitScript(() => delete globalThis.PublicKeyCredential);
  await page.reload();
  await page.waitForFunction(() => globalThis.page !== undefined);
  await pay(page);
  assert.match(await (await field(page)).evaluate((node) => node.closest('label').textContent), /authenticator app/);
});

test('a key that is not at hand, then another way', async (t) => {
  const user = await User.with('recovery');
  const page = await user.browse(t);
  const enrolling = page.evaluate(() => page.enrolKey('laptop'));
  await type(page, user.codes[1]);
  await enrolling;
  await page.evaluate(() => page.api.forget());
  await page.setVerified(false);
  await pay(page);
  await choose(page, 'Passkey');
  await press(page, 'Continue');
  await part(page, 'notice').filter({ hasText: 'No passkey' }).waitFor();
  await press(page, 'Another way');
  await choose(page, 'Recovery code');
  await type(page, user.codes[2]);
  assert.deepEqual(await outcome(page), sent);
});

test('nothing that reaches what is demanded', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const close = await page.evaluate(() => page.outcome(page.api('/account', { method: 'DELETE' })));
  assert.deepEqual(close, { code: 'unmet', enrol: ['webauthn'] });
});
