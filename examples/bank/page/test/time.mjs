// What time does, at a bank whose clock can be moved: node time.mjs ORIGIN CLOCK

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  browserFor,
  choose,
  codeOf,
  heading,
  mailedCodes,
  origin,
  part,
  pay,
  sendButton,
  signedIn,
  wait,
} from './chromium.mjs';

test('a passkey sends money', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/passkey');
  await heading(page, 'Passkey');
  await page.locator('#key').fill('Laptop');
  await page.keyboard.press('Enter');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  await page.getByText('The passkey “Laptop” is set up.').waitFor();
  // What was confirmed for the passkey is too old by then.
  await wait(301);
  await pay(page, 'bob', '9');
  await choose(page, 'Passkey');
  await part(page, 'primary').click();
  await heading(page, '€9.00 sent');
});

test('what was confirmed is asked for again after five minutes, and not before', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  let begun = 0;
  page.on('request', (request) => (begun += Number(request.url().endsWith('/step-up/ceremonies'))));
  await pay(page, 'alice', '1');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await heading(page, '€1.00 sent');
  await wait(240);
  await pay(page, 'alice', '2');
  await heading(page, '€2.00 sent');
  assert.equal(begun, 1);
  await wait(61);
  await pay(page, 'alice', '3');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await heading(page, '€3.00 sent');
  assert.equal(begun, 2);
});

test('wrong codes lock the app for a while, and there is another way', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await wait(301);
  await pay(page, 'alice', '4');
  await choose(page, 'Authenticator');
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await answer(page, '000000');
    await part(page, 'notice').filter({ hasText: /not right|too many|anew/i }).waitFor();
  }
  await page.keyboard.press('Escape');
  await page.getByText('You cancelled. Nothing was sent.').waitFor();
  await sendButton(page).click();
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await part(page, 'notice').filter({ hasText: 'too many wrong answers' }).waitFor();
  await choose(page, 'e-mail');
  await part(page, 'input').waitFor();
  const [code] = await mailedCodes('bob');
  await answer(page, code);
  await heading(page, '€4.00 sent');
  await wait(15 * 60);
  await pay(page, 'alice', '5');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await heading(page, '€5.00 sent');
});

test('m8 a session that ends keeps what its customer began, and no other gets it', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const end = async () => {
    await page.route('**/transfers', (route) => route.fulfill({ status: 401 }));
    await pay(page, 'alice', '8');
    await heading(page, 'Sign in');
    await page.unroute('**/transfers');
  };
  const signIn = async (user, title) => {
    await page.locator('#username').fill(user);
    await page.locator('#password').fill('correct horse');
    await page.keyboard.press('Enter');
    await heading(page, title);
  };
  const key = () => page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.draft'))?.key);
  await end();
  const before = await key();
  await signIn('bob', 'Is this right?');
  assert.deepEqual((await page.locator('main dd').allTextContents()).slice(0, 2), [
    '€8.00',
    'Alice Archer (alice)',
  ]);
  // It was refused: nothing may have been sent.
  assert.equal(await page.locator('.note').count(), 0);
  assert.equal(await key(), before);

  await end();
  await signIn('alice', 'Send money');
  assert.equal(await page.locator('#to').inputValue(), '');
  assert.equal(await key(), undefined);

  await pay(page, 'bob', '9');
  await part(page, 'method').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You cancelled.').waitFor();
  assert.ok(await key());
  const { token } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.login')));
  const headers = { authorization: `Bearer ${token}` };
  const accounts = async () => (await page.request.get(`${origin}/accounts`, { headers })).status();
  assert.equal(await accounts(), 200);
  const told = page.waitForResponse(`${origin}/logout`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in');
  assert.equal(await key(), undefined);
  assert.equal((await told).status(), 204);
  assert.equal(await accounts(), 401);
});

test('p28 a session that ends says so before, and shows nothing after', async (t) => {
  const context = await browserFor(t);
  await context.clock.install();
  const page = await signedIn(context, 'bob');
  const warning = page.getByText('In a minute you are signed out');
  await context.clock.runFor('30:00');
  await page.reload();
  await heading(page, 'Hello');
  await context.clock.runFor('28:50');
  assert.equal(await warning.count(), 0);
  await context.clock.runFor('00:20');
  await warning.waitFor();
  await heading(page, 'Hello');
  await context.clock.runFor('01:00');
  await heading(page, 'Sign in');
  await page.getByText('Sign in again to go on.').waitFor();
  assert.equal(await page.getByText('€').count(), 0);
  assert.equal(await warning.count(), 0);

  // Whoever does not wait for it is where they were.
  await page.goto(page.url().replace(/#.*/, '#/profile'));
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
  await heading(page, 'Profile');
  await context.clock.runFor('59:10');
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await heading(page, 'Sign in');
});

test('the first way is set up within five minutes of signing in, and later it is said how', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security');
  for (const name of ['E-mail', 'Authenticator app']) {
    await page.getByRole('button', { name: new RegExp(`^Remove ${name}`) }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    if (name === 'E-mail') {
      // Then it is the only one, and the dialog asks for it at once.
      await choose(page, 'Authenticator');
    }
    await part(page, 'input').click();
    await answer(page, await appCode('bob'));
    await page.getByText(`${name} is removed.`).waitFor();
    // What was proved in the very second of a removal counts no more either.
    await wait(30);
  }
  await wait(301);
  // Of what would do, each leads to the same sentence.
  await pay(page, 'alice', '6');
  await page.getByRole('link', { name: 'Set up: Authenticator app' }).click();
  await heading(page, 'Authenticator app');
  const begin = page.getByRole('button', { name: 'Begin', exact: true });
  await begin.click();
  await page.getByText('Sign in again: the first way to confirm is set up within 5 minutes of signing in.').waitFor();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.getByText('Sign in again, and go on where you were.').waitFor();
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
  await heading(page, 'Authenticator app');
  await begin.click();
  const secret = await page.locator('.secret code').textContent();
  await page.locator('#code').fill(codeOf(secret));
  await page.keyboard.press('Enter');
  await page.getByText('Your authenticator app is set up.').waitFor();
  // The order is as it was.
  await page.goto(`${origin}/#/pay/review`);
  await sendButton(page).click();
  await part(page, 'input').click();
  await wait(30);
  await page.keyboard.type(codeOf(secret));
  await page.keyboard.press('Enter');
  await heading(page, '€6.00 sent');
});
