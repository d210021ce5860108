// What a customer does, on a bank that was just started: node story.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  balance,
  browserFor,
  choose,
  heading,
  mailedCodes,
  origin,
  part,
  pay,
  sendButton,
  signedIn,
  tab,
} from './chromium.mjs';

/** Recovery codes of bob's, each good once. */
let codes = [];

async function press(page, selector) {
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      return;
    }
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}

const focused = (page) => page.evaluate(() => document.activeElement.localName);

test('money is sent with the keyboard alone, and nothing is typed twice', async (t) => {
  const context = await browserFor(t);
  const page = await tab(context);
  await heading(page, 'Sign in');
  await press(page, '#username');
  await page.keyboard.type('bob');
  await press(page, '#password');
  await page.keyboard.type('correct horse');
  await page.keyboard.press('Enter');
  await heading(page, 'Hello');
  assert.equal(await focused(page), 'h1');
  await press(page, 'a.primary');
  await page.keyboard.press('Enter');
  await heading(page, 'Send money');
  await press(page, '#to');
  await page.keyboard.type('alice');
  await press(page, '#amount');
  await page.keyboard.type('3,50');
  await page.keyboard.press('Enter');
  await heading(page, 'Is this right?');
  await press(page, 'form .primary');
  await page.keyboard.press('Enter');
  const app = part(page, 'method').filter({ hasText: 'Authenticator' });
  await app.waitFor();
  while (!(await app.evaluate((node) => node.matches(':focus')))) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await answer(page, await appCode('bob'));
  await heading(page, '€3.50 sent');
  assert.equal(await focused(page), 'h1');
  await page.getByText('Once you have confirmed, more payments need no confirmation for five minutes, while this page stays open.').waitFor();
  await page.goBack();
  await heading(page, 'Send money');
  assert.equal(await page.locator('#amount').inputValue(), '');
  await page.goForward();
  await heading(page, '€3.50 sent');
  await page.reload();
  await heading(page, '€3.50 sent');
});

test('who comes by an address is sent to the name', async (t) => {
  const page = await tab(await browserFor(t));
  await page.goto(`${origin.replace('localhost', '127.0.0.1')}/#/profile`);
  await page.waitForURL(`${origin}/#/profile`);
});

test('recovery codes are shown once', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security/codes');
  await page.getByRole('button', { name: 'Make ten codes' }).click();
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  await page.locator('.codes code').first().waitFor();
  codes = await page.locator('.codes code').allTextContents();
  assert.equal(codes.length, 10);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Tick this to go on.').waitFor();
  await page.locator('#kept').check();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Your recovery codes are set up.').waitFor();
  assert.equal(await page.locator('.codes').count(), 0);
});

test('a page that is loaded again in the middle goes on with the same code', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'bob');
  await pay(page, 'alice', '7');
  await choose(page, 'e-mail');
  await part(page, 'input').waitFor();
  await page.reload();
  await page.locator('dd', { hasText: 'Alice Archer (alice)' }).waitFor();
  await sendButton(page).click();
  await choose(page, 'e-mail');
  const mailed = await mailedCodes('bob');
  assert.equal(mailed.length, 1);
  const outbox = await tab(context, '/demo/outbox');
  const code = await outbox.locator('.secret code').textContent();
  assert.equal(code, mailed[0]);
  await page.bringToFront();
  await answer(page, code);
  await heading(page, '€7.00 sent');
});

test('who says no, or goes back, sends nothing', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const before = await balance(page);
  await pay(page, 'alice', '5');
  await part(page, 'method').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You cancelled. Nothing was sent.').waitFor();
  await sendButton(page).click();
  await part(page, 'method').first().waitFor();
  await page.goBack();
  await heading(page, 'Send money');
  assert.equal(await page.locator('#amount').inputValue(), '5.00');
  assert.ok(!(await part(page, 'dialog').isVisible()));
  assert.equal(await balance(page), before);
});

test('an answer that is lost is asked for, and nothing is sent twice', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const before = await balance(page);
  await page.route('**/transfers', async (route) => {
    const response = await route.fetch();
    if (response.status() === 200) {
      await route.abort('connectionreset');
    } else {
      await route.fulfill({ response });
    }
  });
  await pay(page, 'alice', '11');
  await choose(page, 'Recovery');
  await answer(page, codes.pop());
  await heading(page, '€11.00 sent');
  assert.equal(await balance(page), before - 1100);
});

test('pressed twice, it is sent once', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/transfers'))));
  await page.goto(`${origin}/#/pay`);
  await heading(page, 'Send money');
  await page.locator('#to').fill('alice');
  await page.locator('#amount').fill('2');
  await page.keyboard.press('Enter');
  await sendButton(page).dblclick();
  await part(page, 'method').first().waitFor();
  assert.equal(calls, 1);
});

test('who is signed out is where they were once they are back', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile');
  await heading(page, 'Profile');
  await page.evaluate(() => {
    const login = JSON.parse(sessionStorage.getItem('bank.login'));
    login.token = `${login.token.slice(0, -6)}AAAAAA`;
    sessionStorage.setItem('bank.login', JSON.stringify(login));
  });
  await page.reload();
  await heading(page, 'Sign in');
  await page.getByText('Sign in again to go on.').waitFor();
  await page.locator('#username').fill('bob');
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
  await heading(page, 'Profile');
});

test('two tabs step up at once', async (t) => {
  const context = await browserFor(t);
  const pages = [await signedIn(context, 'bob'), await signedIn(context, 'bob')];
  const before = await balance(pages[0]);
  for (const [at, page] of pages.entries()) {
    await pay(page, 'alice', `${at + 1}`);
    await part(page, 'method').first().waitFor();
  }
  for (const [at, page] of pages.entries()) {
    await page.bringToFront();
    await choose(page, 'Recovery');
    await answer(page, codes.pop());
    await heading(page, `€${at + 1}.00 sent`);
  }
  assert.equal(await balance(pages[0]), before - 300);
});

test('the drawer shows what happened, and no secret', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await pay(page, 'alice', '4');
  await choose(page, 'Recovery');
  const code = codes.pop();
  await answer(page, code);
  await heading(page, '€4.00 sent');
  await page.getByRole('button', { name: 'What just happened' }).click();
  const drawer = page.getByRole('dialog', { name: 'What just happened' });
  const said = await drawer.locator('.words').allTextContents();
  const [repeat, proof, begun, refused] = said;
  assert.match(repeat, /^The same request again, with a token of the level mfa/);
  assert.match(proof, /stepped up to mfa/);
  assert.match(begun, /It offers .*totp/);
  assert.match(refused, /^Refused for now.* a second factor, proved in the last 5 minutes/);
  const text = await drawer.textContent();
  assert.ok(!text.includes('eyJ') && !text.includes(code) && !text.includes('correct horse'));
  const age = drawer.locator('.age').first();
  const shown = await age.textContent();
  await page.waitForFunction(([node, before]) => node.textContent !== before, [
    await age.elementHandle(),
    shown,
  ]);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'drawer');
});

test('an account is closed by a passkey, and by nothing else', async (t) => {
  const page = await signedIn(await browserFor(t), 'alice', '/profile/close');
  await page.locator('#sure').check();
  await page.getByRole('button', { name: 'Close my account' }).click();
  await page.getByText('Your account is as it was.').waitFor();
  await page.getByRole('link', { name: 'Set up: Passkey' }).click();
  await heading(page, 'Passkey');
  await page.locator('#key').fill('Laptop');
  await page.keyboard.press('Enter');
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  await page.getByText('The passkey “Laptop” is set up.').waitFor();
  await page.goto(`${origin}/#/profile/close`);
  await heading(page, 'Close your account');
  await page.locator('#sure').check();
  await page.getByRole('button', { name: 'Close my account' }).click();
  await part(page, 'primary').click();
  await page.getByText('Your account is closed').waitFor();
  await page.locator('#username').fill('alice');
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.getByText('User name or password is wrong.').waitFor();
});
