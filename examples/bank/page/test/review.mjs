// What is looked at before it is done, and what stands beside it: node review.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserFor, heading, origin, part, pay, signedIn, tab } from './chromium.mjs';

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

test('m3 money goes once amount and recipient were shown, and not before', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob', '/pay');
  let calls = 0;
  page.on('request', (request) => (calls += Number(request.url().endsWith('/transfers'))));
  await page.locator('#to').fill('alice');
  for (const wrong of ['1,2,3', '1,00,00', '1.234,50', '1 2', '0', '-1', '1.999']) {
    await page.locator('#amount').fill(wrong);
    await press(page, 'Continue');
    await page.getByText('Write an amount such as 25 or 25.50.').waitFor();
    await page.locator('#amount').fill('');
  }
  for (const [typed, read] of Object.entries({ '1,234': '€1,234.00', '€ 1,234.5': '€1,234.50', '12,3': '€12.30' })) {
    await page.locator('#amount').fill(typed);
    // Neither a key that is held sends it, nor a second click.
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Is this right?');
    await page.keyboard.press('Enter');
    assert.deepEqual(await page.locator('main dd').allTextContents(), [read, 'Alice Archer (alice)']);
    await press(page, 'Change');
    await page.getByRole('button', { name: 'Continue' }).dblclick();
    await press(page, 'Change');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'amount');
  }
  assert.equal(calls, 0);
  await press(page, 'Continue');
  await press(page, 'Send');
  await part(page, 'method').first().waitFor();
  assert.equal(calls, 1);
});

test('m3 what the bank does not take is said at its field', async (t) => {
  const page = await signedIn(await browserFor(t), 'bob');
  const unfit = (name, detail) => ({
    status: 422,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: `https://bank.example/problems/${name}`, detail }),
  });
  await page.route('**/transfers', (route) => route.fulfill(unfit('unknown-recipient', 'Who?')));
  await pay(page, 'nobody', '1');
  await page.locator('.field.wrong', { hasText: 'Who?' }).locator('#to:focus').waitFor();
  await page.unroute('**/transfers');
  await page.route('**/transfers', (route) => route.fulfill(unfit('not-enough-money', 'Too much.')));
  await pay(page, 'alice', '1');
  await page.locator('.field.wrong', { hasText: 'Too much.' }).locator('#amount:focus').waitFor();
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
  await page.getByLabel(/^Close it with €[\d,.]+ in it\.$/).check();
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
  await page.locator('#said', { hasText: 'One moment …' }).waitFor();
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
  await press(page, 'Change');
  await page.locator('#amount').fill('3');
  await press(page, 'Continue');
  await press(page, 'Send');
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
