// Ways to confirm on their way in, and customers on their way out, on a bank that was just started:
// node ways.mjs ORIGIN

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
  opened,
  origin,
  part,
  signedIn,
} from './chromium.mjs';

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

const ENROLMENT = '**/step-up/enrolments/*';
const GONE = { status: 404, contentType: 'application/problem+json', body: '{"type":"/not-found"}' };

/** Has the bank do it, and nobody be told. */
const lost = async (route) => {
  await route.fetch();
  await route.abort('connectionreset');
};

/** The first step of this page. */
async function begun(context, user, path, name = 'Begin') {
  const page = await signedIn(context, user, path);
  await press(page, name);
  await choose(page, 'Authenticator');
  await answer(page, await appCode(user));
  return page;
}

test('p1 an app is told as what it is where the answer was lost', async (t) => {
  const page = await begun(await browserFor(t), 'bob', '/security/app');
  const secret = await page.locator('.secret code').textContent();
  await page.locator('#code').fill(codeOf(secret));

  await page.route(ENROLMENT, (route) => route.abort());
  await press(page, 'Confirm');
  await page.getByText('There is no connection to the bank. It is not set up yet.').waitFor();

  await page.unroute(ENROLMENT);
  await page.route(ENROLMENT, lost);
  await page.route('**/step-up/factors', (route) => route.abort());
  await press(page, 'Confirm');
  await page.getByText('We do not know whether it is set up.').waitFor();

  // It is, and the authority knows the enrolment no more.
  await page.unroute('**/step-up/factors');
  await page.unroute(ENROLMENT);
  await press(page, 'Confirm');
  await page.getByText('Your authenticator app is set up.').waitFor();
  assert.equal(await page.locator('.rows li').count(), 3);
});

test('p1 a code that comes too late is not told as one that was lost', async (t) => {
  const page = await begun(await browserFor(t), 'alice', '/security/app');
  await page.route(ENROLMENT, (route) => route.fulfill(GONE));
  await page.locator('#code').fill('123456');
  await press(page, 'Confirm');
  await page.getByText('It is not set up: that took too long').waitFor();
  await press(page, 'Begin again');
  await page.getByRole('button', { name: 'Begin', exact: true }).waitFor();
});

test('p1 so is a phone', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'alice', '/security/phone');
  await press(page, 'Begin');
  await choose(page, 'E-mail');
  await part(page, 'input').waitFor();
  await answer(page, (await mailedCodes('alice'))[0]);
  await page.getByText('Waiting for your phone').waitFor();
  await page.route(ENROLMENT, lost);
  const phone = await opened(context, page, /Open the demo phone/);
  await press(phone, 'Pair');
  await phone.getByText('This phone is paired.').waitFor();
  await page.bringToFront();
  await page.getByText('Your phone is set up.').waitFor();
});

test('p30 the code is typed where one is', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/security/email');
  await page.locator('#email').fill('alice@elsewhere.example');
  await press(page, 'Send a code');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  await page.locator('#code:focus').waitFor();
  await page.getByRole('link', { name: 'See it in the demo outbox' }).waitFor();
});

test('p13 recovery codes are not left unread, and say whose they are', async (t) => {
  const page = await begun(await browserFor(t), 'alice', '/security/codes', 'Make ten codes');
  await page.locator('.codes code').first().waitFor();
  const codes = await page.locator('.codes').innerText();
  let asked = '';
  page.once('dialog', async (dialog) => {
    asked = dialog.message();
    await dialog.dismiss();
  });
  await page.getByRole('link', { name: 'Profile' }).click();
  assert.match(asked, /not shown again/);
  assert.equal(new URL(page.url()).hash, '#/security/codes');
  assert.equal(await page.locator('.codes').innerText(), codes);

  await page.emulateMedia({ media: 'print' });
  const printed = await page.locator('main').innerText();
  assert.match(printed, /Recovery codes · Bank · alice · \d+ \w+ \d{4} · http:\/\/localhost:\d+/);
  assert.ok(!printed.includes('Done') && !printed.includes('not shown again'), printed);
  await page.emulateMedia({ media: 'screen' });

  await page.locator('#kept').check();
  await press(page, 'Done');
  await page.getByText('Your recovery codes are set up.').waitFor();
});

test('p12 of two of a kind it is said which', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security');
  await page.getByText(/Since today, \d\d:\d\d/).first().waitFor();
  await page.getByRole('button', { name: /^Remove E-mail b…@example\.com, since today, \d\d:\d\d$/ }).click();
  await page.getByText(/“b…@example\.com” was set up today, \d\d:\d\d/).waitFor();
});

test('p2 who signs out where nobody hears it is told so, until somebody has', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const { token } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('bank.login')));
  const headers = { authorization: `Bearer ${token}` };
  const accounts = async () => (await page.request.get(`${origin}/accounts`, { headers })).status();
  const said = page.locator('main .note');
  const answers = [
    async (route) => {
      await said.filter({ hasText: 'Signing out' }).waitFor();
      await route.abort();
    },
    (route) => route.fulfill({ status: 503 }),
  ];
  await page.route('**/logout', async (route) => {
    const how = answers.shift();
    await (how === undefined ? route.continue() : how(route));
  });
  await press(page, 'Sign out');
  await said.filter({ hasText: 'The bank has not heard of it yet' }).waitFor();
  assert.equal(await accounts(), 200);
  // It is tried again after a second, or once there is a connection again.
  await page.waitForResponse(`${origin}/logout`);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await said.filter({ hasText: 'You are signed out.' }).waitFor();
  assert.equal(await accounts(), 401);

  // What is said of one customer is not said to the next.
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('User name or password is wrong.').waitFor();
  assert.equal(await page.getByText('You are signed out.').count(), 0);
  await page.getByRole('button', { name: 'Alice Archer' }).click();
  await heading(page, 'Hello');
  await press(page, 'What just happened');
  assert.equal(await page.locator('.exchanges', { hasText: 'logout' }).count(), 0);
});
