// Pages that do odd things with the dialog: node pages.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totp } from './bank.mjs';
import { User, addHelp, field, outcome, part, pay, type } from './chromium.mjs';

test('a dialog that is taken out of the page takes its question back', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await pay(page);
  await field(page);
  await page.evaluate(() => page.dialog.remove());
  assert.equal((await outcome(page)).code, 'cancelled');
});

test('a dialog that is moved goes on asking', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  // In what is hidden it would hold the page up: it comes out of there by itself.
  await page.evaluate(() => {
    const hidden = document.createElement('div');
    hidden.hidden = true;
    hidden.append(page.dialog);
    document.body.append(hidden);
  });
  await pay(page);
  assert.ok(await (await field(page)).isVisible());
  await type(page, totp(user.secret));
  assert.equal((await outcome(page)).status, 200);
});

test('help of the page\'s own is of use while the dialog holds the page up', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await addHelp(page);
  const help = page.locator('#help');
  assert.equal(await help.isVisible(), false, 'before anything is asked');
  await pay(page);
  await field(page);
  assert.ok(await help.isVisible());
  const [cancel, below] = await Promise.all([part(page, 'plain').boundingBox(), help.boundingBox()]);
  assert.ok(below.y >= cancel.y + cancel.height, 'it is below the buttons');
  const press = async (name) => {
    for (let tabs = 0; tabs < 9; tabs += 1) {
      await page.keyboard.press('Tab');
      const focused = page.locator('#help :focus');
      if ((await focused.count()) === 1 && (await focused.textContent()) === name) {
        return page.keyboard.press('Enter');
      }
    }
    return assert.fail(`${name} cannot be reached by the keyboard`);
  };
  await press('Call us');
  assert.equal(await help.locator('button').getAttribute('value'), '1');
  const opened = page.context().waitForEvent('page');
  await press('No code came?');
  await (await opened).close();
  // Neither is an answer: it is still asked.
  assert.ok(await part(page, 'dialog').evaluate((node) => node.matches(':modal')));
  await (await field(page)).focus();
  await type(page, totp(user.secret));
  assert.equal((await outcome(page)).status, 200);
  assert.equal(await help.isVisible(), false, 'after it');
});

test('two clients with one dialog ask one after the other', async (t) => {
  const user = await User.with('totp', 'recovery');
  const page = await user.browse(t);
  const both = page.evaluate(() => {
    const { authorityStepper, createStepUpFetch } = page.client;
    const make = (storage) =>
      createStepUpFetch({
        getToken: () => globalThis.getLogin(),
        stepper: authorityStepper({ prompter: page.dialog, storage }),
      });
    const send = (api) => page.outcome(api('/transfers', { method: 'POST', body: '1' }));
    return Promise.all([send(make(null)), send(make(null))]);
  });
  for (const code of user.codes.slice(0, 2)) {
    await part(page, 'method').filter({ hasText: 'Recovery' }).click();
    await type(page, code);
  }
  assert.deepEqual((await both).map(({ status }) => status), [200, 200]);
});

test('a part that is defined twice', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await page.evaluate(() => import('/dist/dialog/define.js?again'));
});
