// What is said and kept where an answer is lost, on a bank that was just started: node doubt.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  balance,
  browserFor,
  choose,
  heading,
  origin,
  part,
  pay,
  signedIn,
} from './chromium.mjs';

const LOST = {
  'a problem of 503': {
    status: 503,
    headers: { 'retry-after': '1' },
    contentType: 'application/problem+json',
    body: '{"type":"about:blank","detail":"The bank cannot do this at the moment. Try again in a moment."}',
  },
  'a page of the proxy': { status: 504, contentType: 'text/html', body: '<h1>504</h1>' },
  'a refusal that is not of the bank': { status: 408, contentType: 'text/html', body: '<h1>408</h1>' },
  'an answer that cannot be read': { status: 200, contentType: 'application/json', body: '{"to":"Al' },
  'no answer': undefined,
};

/** Has the bank do what it is asked, and the page be told something else, until `stop`. */
async function lose(page, path, told) {
  const pattern = `**${path}`;
  await page.route(pattern, async (route) => {
    const response = await route.fetch();
    if (response.status() === 401) {
      await route.fulfill({ response });
    } else {
      await (told === undefined ? route.abort('connectionreset') : route.fulfill(told));
    }
  });
  return () => page.unroute(pattern);
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const note = (page) => page.getByRole('alert').locator('.note');
const about = (page) => page.locator('main [role=status]');

/** Gets what five minutes of money take. */
async function stepUp(page, user) {
  await pay(page, user === 'bob' ? 'alice' : 'bob', '1');
  await choose(page, 'Authenticator');
  await answer(page, await appCode(user));
  await heading(page, '€1.00 sent');
}

test('c2 nobody says that nothing was sent where it may have been', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await stepUp(page, 'bob');
  let left = await balance(page);
  for (const [at, [name, told]] of Object.entries(LOST).entries()) {
    const stop = await lose(page, '/transfers', told);
    await pay(page, 'alice', `2.0${at}`);
    await note(page).filter({ hasText: 'We do not know whether it was sent.' }).waitFor();
    const said = await note(page).textContent();
    assert.ok(!said.includes('Nothing was sent'), `${name}: ${said}`);
    assert.ok(said.match(/again/gi).length === 1, `${name}: ${said}`);
    await stop();
    await press(page, 'Send');
    await heading(page, `€2.0${at} sent`);
    left -= 200 + at;
    assert.equal(await balance(page), left, name);
  }
});

test('c2 what the bank itself refuses was not sent, unless it may have been before', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const refused = {
    status: 400,
    contentType: 'application/problem+json',
    body: '{"type":"about:blank","detail":"No."}',
  };
  await page.route('**/transfers', (route) => route.fulfill(refused));
  await pay(page, 'alice', '3');
  await page.getByText('No. Nothing was sent.').waitFor();
  await page.unroute('**/transfers');
  await page.route('**/transfers', (route) => route.abort());
  await press(page, 'Send');
  await page.getByText('We do not know whether it was sent.').waitFor();
  await page.unroute('**/transfers');
  await page.route('**/transfers', (route) => route.fulfill(refused));
  await press(page, 'Send');
  await page.getByText('No. We do not know whether it was sent.').waitFor();
  assert.equal(await page.getByText('Nothing was sent').count(), 0);
});

test('c2 neither is an account, an address or a factor said to be as it was', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile/email');
  await page.route('**/profile/email', (route) => route.abort());
  await page.locator('#email').fill('bob@elsewhere.example');
  await press(page, 'Change it');
  await page.getByText('We do not know whether it was changed.').waitFor();
  assert.equal(await page.getByText('Nothing was changed').count(), 0);

  await page.route('**/account', (route) => route.abort());
  await page.goto(`${origin}/#/profile/close`);
  await page.locator('#sure').check();
  await press(page, 'Close my account');
  await page.getByText('We do not know whether your account is closed.').waitFor();
  assert.equal(await page.getByText('as it was').count(), 0);

  await page.goto(`${origin}/#/security`);
  await page.route('**/step-up/factors/*', (route) => route.fulfill(LOST['a page of the proxy']));
  await page.getByRole('button', { name: 'Remove E-mail' }).click();
  await press(page, 'Remove');
  await page.getByText('We do not know whether E-mail is still there.').waitFor();
  assert.equal(await page.getByText(/E-mail is still there\.$/).count(), 0);
  // It was removed: asked again, that is no failure.
  await page.unroute('**/step-up/factors/*');
  const gone = { status: 404, contentType: 'application/problem+json', body: '{"type":"/not-found"}' };
  await page.route('**/step-up/factors/*', (route) => route.fulfill(gone));
  await press(page, 'Remove');
  await page.getByText('E-mail is removed.').waitFor();
});

test('m6 what the statement shows is begun no more', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice');
  await stepUp(page, 'alice');
  for (const look of ['Hello', 'Send money']) {
    const stop = await lose(page, '/transfers');
    await pay(page, 'bob', '5');
    await page.getByText('We do not know').waitFor();
    await stop();
    const before = await page.evaluate(() => sessionStorage.getItem('bank.draft'));
    assert.ok(before.includes('"isOpen":true'));
    if (look === 'Hello') {
      await balance(page);
      await page.goto(`${origin}/#/pay`);
      await page.locator('#to').waitFor();
    } else {
      await page.reload();
      await about(page).filter({ hasText: '€5.00 to Bob Baker went through' }).waitFor();
    }
    assert.equal(await page.locator('#to').inputValue(), '');
    assert.equal(await page.evaluate(() => sessionStorage.getItem('bank.draft')), null);
  }
});

test('m6 what is not known to be made is told apart from another one', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice');
  const keys = [];
  await page.route('**/transfers', (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    return route.abort();
  });
  const send = async () => {
    await press(page, 'Send');
    await page.getByText('We do not know').waitFor();
  };
  await pay(page, 'bob', '6');
  await page.getByText('We do not know').waitFor();
  await page.goto(`${origin}/#/`);
  await heading(page, 'Hello');
  await page.goto(`${origin}/#/pay`);
  await about(page).filter({ hasText: /This was begun today, [\d:]{5}, and may have been made/ }).waitFor();
  await send();
  await press(page, 'Change');
  await about(page).filter({ hasText: /€6\.00 to Bob Baker was begun .* it is another transfer/ }).waitFor();
  await press(page, 'Continue');
  await about(page).filter({ hasText: 'it is one transfer' }).waitFor();
  await send();
  assert.equal(new Set(keys).size, 1);

  await press(page, 'Change');
  await page.locator('#amount').fill('7');
  await press(page, 'Continue');
  await about(page).filter({ hasText: 'it is another transfer, beside that one' }).waitFor();
  await send();
  assert.equal(new Set(keys).size, 2);

  await page.reload();
  await press(page, 'It is another one');
  await page.getByText('may have been made').waitFor({ state: 'detached' });
  await send();
  assert.equal(new Set(keys).size, 3);
  await page.reload();
  await page.getByRole('link', { name: 'Look at your transfers' }).click();
  await heading(page, 'Hello');
});

test('m8 a session that ends keeps what its customer began, and no other gets it', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const end = async () => {
    await page.route('**/transfers', (route) => route.fulfill({ status: 401 }));
    await pay(page, 'alice', '8');
    await page.getByText('You were signed out').waitFor();
    await page.unroute('**/transfers');
  };
  const signIn = async (user) => {
    await page.locator('#username').fill(user);
    await page.locator('#password').fill('correct horse');
    await page.keyboard.press('Enter');
    await heading(page, 'Send money');
  };
  const key = () => page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.draft'))?.key);
  await end();
  const before = await key();
  await signIn('bob');
  assert.equal(await page.locator('#to').inputValue(), 'alice');
  assert.equal(await page.locator('#amount').inputValue(), '8.00');
  // It was refused: nothing may have been made.
  assert.equal(await about(page).textContent(), '');
  assert.equal(await key(), before);

  await end();
  await signIn('alice');
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
  await press(page, 'Sign out');
  await heading(page, 'Sign in');
  assert.equal(await key(), undefined);
  assert.equal((await told).status(), 204);
  assert.equal(await accounts(), 401);
});
