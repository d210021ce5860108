// What is said and kept where an answer is lost, at a bank whose clock can be moved: node doubt.mjs ORIGIN CLOCK

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
  sendButton,
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

/** The bank says no, and does nothing. */
const REFUSED = {
  status: 400,
  contentType: 'application/problem+json',
  body: '{"type":"https://bank.example/problems/malformed-request","detail":"No."}',
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

/** Has nobody learn what became of a transfer, until `stop`. */
async function hide(page) {
  await page.route('**/transfers/*', (route) => route.abort());
  return () => page.unroute('**/transfers/*');
}

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const send = (page) => sendButton(page).click();
const note = (page) => page.getByRole('alert').locator('.note');
const saved = (page) => page.evaluate(() => sessionStorage.getItem('bank.draft'));
const UNSURE = 'We do not know whether it was sent.';

/** Gets what five minutes of money take. */
async function stepUp(page, user) {
  await pay(page, user === 'bob' ? 'alice' : 'bob', '1');
  await choose(page, 'Authenticator');
  await answer(page, await appCode(user));
  await heading(page, '€1.00 sent');
}

/** Sends it, and leaves it open whether it was sent. */
async function begin(page, to, amount) {
  const [stop, show] = [await lose(page, '/transfers'), await hide(page)];
  await pay(page, to, amount);
  await note(page).filter({ hasText: UNSURE }).waitFor();
  await stop();
  await show();
}

test('c2 nobody says that nothing was sent where it may have been', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await stepUp(page, 'bob');
  let left = await balance(page);
  await hide(page);
  for (const [at, [name, told]] of Object.entries(LOST).entries()) {
    const stop = await lose(page, '/transfers', told);
    await pay(page, 'alice', `2.0${at}`);
    await note(page).filter({ hasText: UNSURE }).waitFor();
    const said = await note(page).textContent();
    assert.equal(said, `${UNSURE} You can safely send it again: it is one transfer.Look at your transfers`, name);
    await stop();
    await send(page);
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
  await send(page);
  await page.getByText(UNSURE).waitFor();
  await page.unroute('**/transfers');
  await page.route('**/transfers', (route) => route.fulfill(refused));
  await send(page);
  await page.getByText(`No. ${UNSURE}`).waitFor();
  assert.equal(await page.getByText('Nothing was sent').count(), 0);
});

test('p0 nor does the dialog say so, where it is sent again and nobody can be asked', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  let challenge;
  page.on('response', async (response) => {
    if (response.status() === 401 && response.url().endsWith('/transfers')) {
      challenge ??= { status: 401, headers: await response.allHeaders(), body: await response.body() };
    }
  });
  await stepUp(page, 'bob');
  await begin(page, 'alice', '4');
  // As after five minutes, in a tunnel.
  await page.route('**/transfers', (route) => route.fulfill(challenge));
  await page.route('**/step-up/**', (route) => route.abort());
  await send(page);
  await part(page, 'notice').filter({ hasText: 'There is no connection.' }).waitFor();
  const said = await part(page, 'dialog').innerText();
  assert.match(said, /^Send €4\.00 to Alice Archer/);
  assert.doesNotMatch(said, /\bsent\b/);
  await page.keyboard.press('Escape');
  await heading(page, '€4.00 sent');
});

test('p11 where an answer was lost the bank is asked for the receipt', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice');
  await stepUp(page, 'alice');
  const stop = await lose(page, '/transfers');
  await pay(page, 'bob', '5');
  await heading(page, '€5.00 sent');
  assert.equal(await saved(page), null);
  await stop();

  for (const [path, amount] of [['/', '5.20'], ['/pay', '5.30']]) {
    await begin(page, 'bob', amount);
    await page.goto(`${origin}/#${path}`);
    await page.locator('.note', { hasText: new RegExp(`^€${amount} to Bob Baker, begun today, [\\d:]{5}, was sent\\.`) }).waitFor();
    assert.equal(await saved(page), null);
    await page.getByRole('link', { name: 'See the receipt' }).click();
    await heading(page, `€${amount} sent`);
  }

  await begin(page, 'bob', '5.40');
  await page.reload();
  await heading(page, '€5.40 sent');
  assert.equal(await saved(page), null);
});

test('p11 one that was not sent is not taken for another that is like it', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'alice');
  const other = await signedIn(context, 'alice');
  await stepUp(page, 'alice');
  await stepUp(other, 'alice');
  const before = await balance(page);
  await page.route('**/transfers', (route) => route.abort());
  await pay(page, 'bob', '6');
  await page.getByText(UNSURE).waitFor();
  await page.unroute('**/transfers');
  await pay(other, 'bob', '6');
  await heading(other, '€6.00 sent');
  await page.bringToFront();
  await page.getByRole('link', { name: 'Look at your transfers' }).click();
  await page.locator('.note', { hasText: '€6.00 to Bob Baker, begun today' }).filter({ hasText: 'was not sent.' }).waitFor();
  await page.getByRole('link', { name: 'Look at it again' }).click();
  await heading(page, 'Is this right?');
  await page.locator('.note', { hasText: 'was not sent.' }).waitFor();
  await send(page);
  await heading(page, '€6.00 sent');
  assert.equal(await balance(page), before - 1200);
});

test('p11 where the bank cannot be asked, nobody claims to know', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice');
  await stepUp(page, 'alice');
  await begin(page, 'bob', '7');
  const show = await hide(page);
  for (const [path, title] of [['/', 'Hello'], ['/pay', 'Send money'], ['/pay/review', 'Is this right?']]) {
    await page.goto(`${origin}/#${path}`);
    await heading(page, title);
    await page.locator('.note', { hasText: 'may have been sent. However often you send it, it is one transfer.' }).waitFor();
  }

  // Whoever changes it is told before another is sent beside it.
  await page.getByRole('link', { name: 'Change' }).click();
  await heading(page, 'Send money');
  await page.locator('#amount').fill('8');
  const key = async () => JSON.parse(await saved(page)).key;
  const before = await key();
  await press(page, 'Continue');
  await page.getByText('We have to know first whether €7.00 to Bob Baker was sent').waitFor();
  assert.equal(await page.locator('h1').textContent(), 'Send money');
  assert.equal(await key(), before);
  // The same again is no other.
  await page.locator('#amount').fill('7');
  await press(page, 'Continue');
  await heading(page, 'Is this right?');
  assert.equal(await key(), before);
  await page.getByRole('link', { name: 'Change' }).click();
  await heading(page, 'Send money');
  await page.locator('#amount').fill('8');
  await show();
  await press(page, 'Continue');
  await page.locator('.note', { hasText: '€7.00 to Bob Baker' }).filter({ hasText: 'was sent.' }).waitFor();
  assert.equal(await page.locator('#amount').inputValue(), '8');
  await press(page, 'Continue');
  await heading(page, 'Is this right?');
});

test('pc1 while it is sent there is no way back that would say otherwise', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await stepUp(page, 'bob');
  const before = await balance(page);
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route('**/transfers', async (route) => {
    const response = await route.fetch();
    await gone;
    await route.fulfill({ response });
  });
  await pay(page, 'alice', '9');
  const busy = page.getByRole('button', { name: 'Sending …' });
  await busy.waitFor();
  // It is the only place that says so.
  assert.equal(await busy.evaluate((node) => getComputedStyle(node).opacity), '1');
  const change = page.locator('main a', { hasText: 'Change' });
  assert.ok(!(await change.isVisible()));
  // By the browser's own button there is, and then the bank is asked.
  await page.goBack();
  await page.locator('.note', { hasText: '€9.00 to Alice Archer' }).filter({ hasText: 'was sent.' }).waitFor();
  go();
  assert.equal(await balance(page), before - 900);
});

test('c2 neither is an account, an address or a factor said to be as it was', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile/email');
  await page.route('**/profile/email', (route) => route.abort());
  await page.locator('#email').fill('bob@elsewhere.example');
  await press(page, 'Change it');
  await page.getByText('We do not know whether it was changed.').waitFor();
  assert.equal(await page.getByText('Nothing was changed').count(), 0);
  // What is refused now says nothing of what was done before.
  await page.route('**/profile/email', (route) => route.fulfill(REFUSED));
  await press(page, 'Change it');
  await page.getByText('No. We do not know whether it was changed.').waitFor();

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
  await page.route('**/step-up/factors/*', (route) => route.fulfill(REFUSED));
  await press(page, 'Remove');
  await page.getByText('No. We do not know whether E-mail is still there.').waitFor();
  // It was removed: asked again, that is no failure.
  await page.unroute('**/step-up/factors/*');
  const gone = { status: 404, contentType: 'application/problem+json', body: '{"type":"/not-found"}' };
  await page.route('**/step-up/factors/*', (route) => route.fulfill(gone));
  await press(page, 'Remove');
  await page.getByText('E-mail is removed.').waitFor();
});

test('p18 whoever has left is told so, though the answer was lost', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security/passkey');
  await page.locator('#key').fill('Laptop');
  await page.keyboard.press('Enter');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await page.getByText('The passkey “Laptop” is set up.').waitFor();
  await lose(page, '/account');
  await page.goto(`${origin}/#/profile/close`);
  await page.locator('#sure').check();
  await page.route('**/accounts', (route) => route.abort());
  await press(page, 'Close my account');
  await part(page, 'title').filter({ hasText: 'Close your account' }).waitFor();
  await part(page, 'primary').click();
  await page.getByText('We do not know whether your account is closed.').waitFor();
  await page.unroute('**/accounts');
  await press(page, 'Close my account');
  await page.getByText(/^Your account is closed\./).waitFor();
});

test('c2 whoever keeps what may be gone sees what there is', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security');
  const row = page.getByRole('button', { name: /^Remove E-mail/ });
  const stop = await lose(page, '/step-up/factors/*');
  await row.click();
  await press(page, 'Remove');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  await page.getByText('We do not know whether E-mail is still there.').waitFor();
  await stop();
  await press(page, 'Keep it');
  await row.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.rows li').count(), 1);

  // So does whoever does not wait for the answer.
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route('**/step-up/factors/*', async (route) => {
    await gone;
    await route.abort();
  });
  await page.getByRole('button', { name: /^Remove Authenticator/ }).click();
  await press(page, 'Remove');
  await page.getByRole('button', { name: 'Removing …' }).waitFor();
  await page.keyboard.press('Escape');
  const list = page.waitForResponse('**/step-up/factors');
  go();
  await list;
});
