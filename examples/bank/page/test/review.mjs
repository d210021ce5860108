// What is looked at before it is done, and what stands beside it: node review.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  answer,
  browserFor,
  choose,
  heading,
  origin,
  part,
  pay,
  signedIn,
  tab,
} from './chromium.mjs';

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** That a bank for real has no demonstration is printed. */
const dropDemo = ({ printed }) => printed.splice(0, printed.filter((text) => text.endsWith('/demo')).length);

/** What is about to be sent. */
const facts = (page) => page.locator('main dd').allTextContents();

test('m3 money goes once amount and recipient were shown, and not before', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/pay');
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/transfers'))));
  await page.locator('#to').fill('alice');
  for (const wrong of ['1,2,3', '1,00,00', '1.234,50', '1 2', '0', '-1', '1.999']) {
    await page.locator('#amount').fill(wrong);
    await press(page, 'Continue');
    await page.getByText('Write an amount such as 25, 25.50 or 1,234.50.').waitFor();
    await page.locator('#amount').fill('');
  }
  for (const [typed, read] of Object.entries({ '234': '€234.00', '€ 234.5': '€234.50', '12,3': '€12.30' })) {
    await page.locator('#amount').fill(typed);
    // Neither a key that is held sends it, nor a second click.
    await page.keyboard.press('Enter');
    await heading(page, 'Is this right?');
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press('Enter');
    assert.deepEqual((await facts(page)).slice(0, 2), [read, 'Alice Archer (alice)']);
    await page.getByRole('link', { name: 'Change' }).click();
    await page.getByRole('button', { name: 'Continue' }).dblclick();
    await heading(page, 'Is this right?');
    await page.goBack();
    await heading(page, 'Send money');
  }
  assert.equal(calls, 0);
  await press(page, 'Continue');
  await press(page, 'Send €12.30');
  await part(page, 'method').first().waitFor();
  assert.equal(calls, 1);
});

test('p5 who is paid, and whether it can be, is known before it is confirmed', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'bob', '/pay');
  // In a bank that is no demonstration nobody is known beforehand.
  await page.route('**/demo', (route) => route.fulfill({ status: 404, json: {} }));
  await page.reload();
  const at = async (field, said) => {
    await press(page, 'Continue');
    await page.locator('.field.wrong', { hasText: said }).locator(`#${field}:focus`).waitFor();
  };
  await page.locator('#amount').fill('99,999');
  await page.locator('#to').fill('alicee');
  await at('amount', /^Amount€That is more than the €[\d.]+ in your current account\.$/);
  await page.locator('#amount').fill('3');
  await at('to', 'Nobody has this user name.');
  await page.locator('#to').fill('a/../b?c#d');
  await at('to', 'Nobody has this user name.');
  await page.locator('#to').fill('Bob');
  await at('to', 'That would be from you to yourself.');
  await page.locator('#to').fill(' Alice ');
  await press(page, 'Continue');
  await heading(page, 'Is this right?');
  assert.equal(await page.title(), 'Is this right? · Bank');
  const [left, ...others] = (await facts(page)).reverse();
  assert.deepEqual(others, ['Current account', 'Alice Archer (alice)', '€3.00']);
  assert.match(left, /^€[\d.]+$/);
  dropDemo(context);
});

test('p9 neither a step back nor a reload takes what was typed', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/pay');
  const typed = async () => {
    await heading(page, 'Send money');
    return [await page.locator('#to').inputValue(), await page.locator('#amount').inputValue()];
  };
  await page.locator('#to').fill('alice');
  await page.locator('#amount').fill('3');
  await press(page, 'Continue');
  await heading(page, 'Is this right?');
  await page.goBack();
  assert.deepEqual(await typed(), ['alice', '3.00']);
  await page.goForward();
  await heading(page, 'Is this right?');
  await page.reload();
  await heading(page, 'Is this right?');
  assert.equal((await facts(page))[0], '€3.00');
  await page.locator('#nav').getByRole('link', { name: 'Send' }).click();
  assert.deepEqual(await typed(), ['alice', '3.00']);
  assert.equal(await page.locator('.note').count(), 0);
});

test('m3 what the bank does not take any more is said before it is sent again', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const type = 'https://bank.example/problems/not-enough-money';
  const unfit = { status: 422, contentType: 'application/problem+json' };
  await page.route('**/transfers', (route) =>
    route.fulfill({ ...unfit, body: JSON.stringify({ type, detail: 'Too much.' }) }),
  );
  await pay(page, 'alice', '1');
  await page.getByText('Too much. Nothing was sent.').waitFor();
});

test('a key that is held removes nothing', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security');
  const removed = [];
  page.on('request', (request) => request.method() === 'DELETE' && removed.push(request.url()));
  const dialog = page.locator('dialog.ask[open]');
  await page.getByRole('button', { name: /^Remove E-mail/ }).focus();
  await page.keyboard.down('Enter');
  await dialog.waitFor();
  for (let times = 0; times < 5; times += 1) {
    await page.keyboard.down('Enter');
  }
  await page.keyboard.up('Enter');
  await dialog.getByRole('button', { name: 'Keep it' }).and(page.locator(':focus')).waitFor();
  assert.deepEqual(removed, []);
  // One that is pressed anew does.
  await dialog.getByRole('button', { name: 'Remove' }).focus();
  await page.keyboard.press('Enter');
  await part(page, 'method').first().waitFor();
  assert.equal(removed.length, 1);
  await page.keyboard.press('Escape');
  await page.getByText('E-mail is still there.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('p4 the dialog says what is confirmed', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/security/codes');
  const asked = async (title) => {
    await part(page, 'method').first().waitFor();
    assert.equal(await part(page, 'title').textContent(), title);
    await page.keyboard.press('Escape');
    await page.getByText('You cancelled.').waitFor();
  };
  await pay(page, 'alice', '13');
  await asked('Send €13.00 to Alice Archer');
  await page.goto(`${origin}/#/profile/email`);
  await page.locator('#email').fill('bob@elsewhere.example');
  await press(page, 'Change it');
  await asked('Change your e-mail address to bob@elsewhere.example');
  // Where nobody says what, it is nothing of before.
  await page.goto(`${origin}/#/security/codes`);
  await press(page, 'Make ten codes');
  await asked('Confirm that it is you');
});

test('p3 whoever tries it gets at the code while the dialog asks for it', async (t) => {
  const context = await browserFor(t);
  const page = await signedIn(context, 'bob');
  await pay(page, 'alice', '12');
  await part(page, 'method').first().waitFor();
  await choose(page, 'e-mail');
  await part(page, 'input').waitFor();
  const dialog = page.locator('step-up-dialog');
  const opened = context.waitForEvent('page');
  await dialog.getByRole('link', { name: 'Outbox' }).click();
  const code = await (await opened).locator('.secret code').first().textContent();
  await page.bringToFront();
  await part(page, 'input').click();
  await answer(page, code);
  await heading(page, '€12.00 sent');
  await press(page, 'see the requests');
  await page.getByRole('dialog', { name: 'What just happened' }).waitFor();
});

test('p3 where mail is really sent there is no outbox, and no help in a bank for real', async (t) => {
  for (const [told, links] of [[{ json: { users: [], outbox: false } }, ['Phone']], [{ status: 404, json: {} }, []]]) {
    const context = await browserFor(t);
    await context.route('**/demo', (route) => route.fulfill(told));
    const page = await signedIn(context, 'bob');
    const answered = page.waitForResponse('**/step-up/ceremonies');
    const asked = page.waitForResponse('**/demo');
    await pay(page, 'alice', '11');
    await Promise.all([answered, asked]);
    await part(page, 'method').first().waitFor();
    const found = await page.locator('step-up-dialog a').allTextContents();
    assert.deepEqual(found.map((text) => text.split(' ')[0]), links);
    await page.keyboard.press('Escape');
    dropDemo(context);
  }
});

test('m3 an account is closed by who has seen what is in it', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile/close');
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/account'))));
  await heading(page, 'Close your account');
  await page.getByText(/There is €[\d,.]+ in your current account/).waitFor();
  await press(page, 'Close my account');
  await page.getByText('Tick this to go on.').waitFor();
  assert.equal(calls, 0);
  await page.getByText(/is lost to you/).waitFor();
  await page.getByLabel(/^I give up €[\d,.]+\.$/).check();
  await press(page, 'Close my account');
  await page.getByText('Your account is as it was.').waitFor();
  assert.equal(calls, 1);
});

test('m1 who receives money sees who sent it', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile');
  await page.route('**/accounts', async (route) => {
    const response = await route.fetch();
    const between = { from: 'Alice Archer', to: 'Bob Baker', amount: '9.00', at: 0 };
    const transfers = [
      { ...between, direction: 'in' },
      { ...between, from: 'Bob Baker', to: 'Alice Archer', direction: 'out' },
    ];
    await route.fulfill({ response, json: { ...(await response.json()), transfers } });
  });
  await page.goto(`${origin}/#/`);
  await heading(page, 'Hello');
  const rows = await page.locator('.rows .grow > span').allTextContents();
  assert.deepEqual(rows, ['From Alice Archer', 'To Alice Archer']);
});

test('m10 the drawer covers nothing that can be pressed, and no sum is broken', async (t) => {
  for (const [width, isBeside] of [[1024, false], [1279, false], [1280, true]]) {
    const page = await signedIn(await browserFor(t, { viewport: { width, height: 768 } }), 'bob');
    await page.getByRole('button', { name: 'What just happened' }).click();
    const drawer = page.locator('.drawer');
    assert.equal(await drawer.evaluate((node) => node.matches(':modal')), !isBeside, `${width}`);
    const [out, edge] = [await page.locator('#out').boundingBox(), await drawer.boundingBox()];
    assert.ok(!isBeside || out.x + out.width <= edge.x, `${width}: ${out.x + out.width} > ${edge.x}`);
    for (const size of [width, 320]) {
      await page.setViewportSize({ width: size, height: 768 });
      const faults = await page.evaluate(() =>
        [...document.querySelectorAll('.balance')].flatMap((node) => {
          node.textContent = '€123,456,789.00';
          const { width, height } = node.getBoundingClientRect();
          const line = Number.parseFloat(getComputedStyle(node).lineHeight);
          return height > line * 1.5 || node.scrollWidth > Math.ceil(width) ? [node.outerHTML] : [];
        }),
      );
      assert.deepEqual(faults, [], `${size}`);
    }
  }
});

test('minor 3: who waits is told so, and the part is marked at once', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/profile');
  let go;
  const gone = new Promise((resolve) => (go = resolve));
  await page.route('**/accounts', async (route) => {
    await gone;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.locator('#nav [aria-current=page]', { hasText: 'Accounts' }).waitFor();
  assert.equal(await page.locator('#said').textContent(), '');
  await page.locator('#said p', { hasText: 'One moment …' }).waitFor();
  await heading(page, 'Profile');
  go();
  await heading(page, 'Hello');
  assert.equal(await page.locator('#said').textContent(), '');
});

test('minor 4: the drawer tells what was left, and takes no other transfer for a repeat', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  await page.getByRole('button', { name: 'What just happened' }).click();
  const last = page.locator('.exchanges .words').first();
  await pay(page, 'alice', '2');
  await part(page, 'method').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('You cancelled.').waitFor();
  const receipt = { to: 'Alice Archer', amount: '3.00', at: 0, balance: '1.00' };
  await page.route('**/transfers', (route) => route.fulfill({ json: receipt }));
  await page.goBack();
  await page.locator('#amount').fill('3');
  await press(page, 'Continue');
  await press(page, 'Send €3.00');
  await heading(page, '€3.00 sent');
  assert.equal(await last.textContent(), 'Done with a token of the level single-factor.');

  await page.route('**/accounts', () => {});
  await page.getByRole('link', { name: 'Accounts' }).click();
  await page.getByRole('link', { name: 'Security', exact: true }).click();
  await heading(page, 'Ways to confirm');
  await page.locator('.words', { hasText: 'Nobody waited for the answer any more.' }).waitFor();
  await page.route('**/step-up/factors', (route) => route.abort());
  await page.reload();
  await heading(page, 'This cannot be shown now');
  assert.equal(await page.title(), 'This cannot be shown now · Bank');
  await page.locator('.words', { hasText: 'there is no connection' }).waitFor();
});

test('minor 24: a page that does not start says so', async (t) => {
  const context = await browserFor(t);
  await context.route('**/assets/app.js', (route) => route.abort());
  const page = await tab(context);
  await page.getByText('This page could not start. Reload it.').waitFor();
  assert.equal(context.printed.splice(0).length, 1);
});
