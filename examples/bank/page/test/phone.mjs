// The tab that plays the phone, on a bank that was just started: node phone.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  browserFor,
  choose,
  heading,
  mailedCodes,
  opened,
  part,
  pay,
  signedIn,
  tab,
} from './chromium.mjs';

/** What the dialog calls each way. */
async function methods(page) {
  await part(page, 'method').first().waitFor();
  const names = await part(page, 'method').evaluateAll((all) => all.map((one) => one.innerText));
  return names.map((name) => name.split('\n')[0]);
}

test('an app is put on the phone, shows its code, and is removed', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'bob', '/security/app');
  await page.getByRole('button', { name: 'Begin' }).click();
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  const phone = await opened(context, page, /Put it on the demo phone/);
  await phone.getByText(/Put “(The )?Bank: bob” on this phone\?/).waitFor();
  await phone.getByRole('button', { name: 'Add', exact: true }).click();
  const row = phone.locator('#codes li').filter({ hasText: 'Remove' });
  await row.waitFor();
  // The secret does not stay in the address.
  assert.equal(new URL(phone.url()).hash, '');
  const code = await row.locator('code').textContent();
  await page.bringToFront();
  await page.locator('#code').fill(code);
  await page.keyboard.press('Enter');
  await page.getByText('Your authenticator app is set up.').waitFor();
  assert.equal(await page.locator('.rows li').count(), 3);
  await page.getByRole('button', { name: /Remove Authenticator/ }).last().click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('Authenticator app is removed.').waitFor();
  assert.equal(await page.locator('.rows li').count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.localName), 'h1');
});

test('a link that is none breaks nothing and adds nothing', async (t) => {
  const context = await browserFor(t);
  const app = 'otpauth://totp/Bank%3A%25mallory?secret=AAAAAAAAAAAAAAAA';
  for (const link of ['%', encodeURIComponent(app.replace('%25', '%')), encodeURIComponent(app)]) {
    const phone = await tab(context, `/phone#${link}`);
    await phone.locator('#codes li').first().waitFor();
    await phone.getByText('Pairing link').waitFor();
    assert.equal(await phone.locator('#codes li').count(), 2);
  }
});

test('the phone is paired, and its yes and no are heard', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'alice', '/security/phone');
  await page.getByRole('button', { name: 'Begin' }).click();
  await choose(page, 'Authenticator');
  await answer(page, await appCode('alice'));
  const phone = await opened(context, page, /Open the demo phone/);
  await phone.getByRole('button', { name: 'Pair' }).click();
  assert.equal(new URL(phone.url()).hash, '');
  await phone.getByText('This phone is paired.').waitFor();
  await page.getByText('Your phone is set up.').waitFor();
  // Nobody gets the key out of the browser.
  const isExtractable = await phone.evaluate(async () => {
    const result = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
    const kept = await result(indexedDB.open('bank.phone'));
    const [device] = await result(kept.transaction('devices').objectStore('devices').getAll());
    return device.key.extractable;
  });
  assert.equal(isExtractable, false);

  // What was proved for the pairing would still do.
  await page.reload();
  await pay(page, 'bob', '12.50');
  // Each way has one name.
  assert.deepEqual(await methods(page), ['Authenticator app', 'Phone', 'E-mail']);
  await choose(page, 'Phone');
  await part(page, 'text').filter({ hasText: 'Open the bank on your phone.' }).waitFor();
  // Who types something else goes on with it.
  await phone.locator('summary').click();
  await phone.locator('#link').focus();
  const number = await part(page, 'number').textContent();
  await phone.bringToFront();
  await phone.getByText('Is it you?').waitFor();
  assert.match(
    await phone.locator('.request .facts').innerText(),
    /^Account\s+alice\s+Asked by\s+The page of the bank\s+In\s+Chrome on Linux\s+Asked\s+[\d:]{8}, until [\d:]{8}$/,
  );
  assert.equal(await phone.evaluate(() => document.activeElement.id), 'link');
  await phone.locator('#pairing', { hasText: 'For alice' }).waitFor();
  await phone.locator('.request input').fill(`${number.slice(0, 3)} ${number.slice(3)}`);
  await phone.keyboard.press('Enter');
  await phone.getByText('Confirmed.').waitFor();
  await page.bringToFront();
  await heading(page, '€12.50 sent');

  await page.reload();
  await pay(page, 'bob', '1');
  await choose(page, 'Phone');
  await part(page, 'number').waitFor();
  await phone.bringToFront();
  await phone.locator('.request input').focus();
  await page.bringToFront();
  await page.keyboard.press('Escape');
  await phone.bringToFront();
  await phone.locator('.note.calm:focus-within', { hasText: 'This is no longer asked' }).waitFor();

  await page.bringToFront();
  await page.getByRole('button', { name: /^Send €/ }).click();
  await choose(page, 'Phone');
  await part(page, 'number').waitFor();
  await phone.bringToFront();
  const replies = [];
  phone.on('request', (request) => request.method() === 'POST' && replies.push(request.url()));
  const no = phone.getByRole('button', { name: 'No, it is not' });
  const reply = '**/requests/*';
  await phone.route(reply, (route) => route.abort());
  await no.click();
  await phone.getByText('There is no connection to the bank. Try again.').waitFor();
  await phone.unroute(reply);
  const type = 'https://bank.example/problems/device-unavailable';
  await phone.route(reply, (route) => route.fulfill({ status: 503, json: { type } }));
  await no.click();
  await phone.getByText('The bank cannot take this now. Try again.').waitFor();
  await phone.unroute(reply);
  await no.dblclick();
  await phone.locator('.note.calm', { hasText: 'You said no: nothing was done.' }).waitFor();
  assert.equal(replies.length, 3);
  await page.bringToFront();
  await page.getByText('This was refused on your phone. Nothing was sent.').waitFor();

  // It says so where it does not hear the bank, and where the bank knows it no more.
  await phone.bringToFront();
  const poll = '**/devices/*/requests';
  await phone.route(poll, (route) => route.abort());
  await phone.reload();
  await phone.getByText('The bank does not answer this phone now.').waitFor();
  assert.equal(await phone.getByText('Nothing is asked of you.').count(), 0);
  await phone.unroute(poll);
  await phone.getByText('Nothing is asked of you.').waitFor();
  // What somebody is about to pair with is not taken away.
  await phone.locator('summary').click();
  await phone.locator('#link').fill('another link');

  await page.bringToFront();
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await page.getByRole('button', { name: /^Remove Phone/ }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await choose(page, 'E-mail');
  await part(page, 'input').waitFor();
  await answer(page, (await mailedCodes('alice'))[0]);
  await page.getByText('Phone is removed.').waitFor();
  await phone.bringToFront();
  await phone.getByText('The bank does not know “Chrome on Linux” any more. Pair this phone again.').waitFor();
  assert.equal(await phone.locator('#link').inputValue(), 'another link');
  assert.equal(await phone.getByText('For alice').count(), 0);
});

test('a link is not lost where another pairing is forgotten, and what that was asked is told so', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'bob', '/security/phone');
  await page.getByRole('button', { name: 'Begin' }).click();
  await choose(page, 'Authenticator');
  await answer(page, await appCode('bob'));
  // Before there is a tab: to one that is loading it may come too late.
  const type = 'https://bank.example/problems/device-unavailable';
  const devices = '**/devices/*';
  await context.route(devices, (route) => route.fulfill({ status: 503, json: { type } }));
  const phone = await opened(context, page, /Open the demo phone/);
  await phone.getByRole('button', { name: 'Pair' }).click();
  await phone.getByText('The bank cannot take this now. Try again.').waitFor();
  await context.unroute(devices);
  await phone.getByRole('button', { name: 'Pair' }).click();
  await phone.getByText('This phone is paired.').waitFor();
  await page.getByText('Your phone is set up.').waitFor();

  await page.reload();
  await pay(page, 'alice', '1');
  await choose(page, 'Phone');
  await part(page, 'number').waitFor();
  await phone.bringToFront();
  await phone.getByText('Is it you?').waitFor();
  await phone.locator('summary').click();
  await phone.locator('#link').fill('another link');
  await phone.getByRole('button', { name: /^Forget/ }).click();
  await phone.getByText('This phone forgot whom it is asked for, and does not answer.').waitFor();
  assert.equal(await phone.locator('#link').inputValue(), 'another link');
  assert.equal(await phone.getByRole('button', { name: /^Forget/ }).count(), 0);
});
