// Pages that do odd things with the dialog: node pages.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totp } from './bank.mjs';
import { User, field, outcome, part, pay, type } from './chromium.mjs';

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
