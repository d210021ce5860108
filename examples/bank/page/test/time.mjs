// What time does, at a bank whose clock can be moved: node time.mjs ORIGIN CLOCK

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  appCode,
  browserFor,
  choose,
  heading,
  mailedCodes,
  part,
  pay,
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
  await page.getByRole('button', { name: 'Send', exact: true }).click();
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
