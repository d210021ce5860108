// Many calls at once, and how often somebody is asked for them: node prompts.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorityStepper, createStepUpFetch } from 'stepup-client';
import { done, origin, totp } from './bank.mjs';
import { User, part, type } from './chromium.mjs';

const fifty = Array.from({ length: 50 }, (_, n) => n);

test('b8 fifty calls at once are one prompt, and each handler runs once', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  const { transfers } = await done();
  const all = page.evaluate((all) => Promise.all(all.map((n) => page.pay(`${n}`))), fifty);
  await type(page, totp(user.secret));
  assert.deepEqual(await all, fifty.map((n) => ({ status: 200, text: `sent ${n}` })));
  assert.equal((await done()).transfers, transfers + 50);
  assert.equal(await user.prompts(), 1);
});

test('b8 fifty calls of which ten need more are two prompts at most', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await page.evaluate(() => page.enrolKey('laptop'));
  const before = await done();
  const all = page.evaluate((all) => {
    const close = () => page.outcome(page.api('/account', { method: 'DELETE' }));
    const calls = all.map((n) => (n % 5 === 2 ? close() : page.pay(`${n}`)));
    return (globalThis.all = Promise.all(calls));
  }, fifty);
  let isOver = false;
  void all.finally(() => (isOver = true));
  while (!isOver) {
    const isAsked = await part(page, 'dialog').filter({ visible: true }).count();
    const isBusy = await page.locator('step-up-dialog [aria-busy]').count();
    await (isAsked && !isBusy ? page.keyboard.press('Enter') : page.waitForTimeout(20));
  }
  assert.deepEqual(
    (await all).map(({ text }) => text),
    fifty.map((n) => (n % 5 === 2 ? 'closed' : `sent ${n}`)),
  );
  assert.ok((await user.prompts()) <= 2, `${await user.prompts()} prompts`);
  const after = await done();
  const ran = [after.transfers - before.transfers, after.closings - before.closings];
  assert.deepEqual(ran, [40, 10]);
});

test('b8 the same fifty in Node', async () => {
  const user = await User.with('totp');
  const { transfers } = await done();
  const ask = async () => ({ do: 'answer', code: totp(user.secret) });
  const api = createStepUpFetch({
    origins: [origin],
    getToken: () => user.token,
    stepper: authorityStepper({ base: `${origin}/step-up`, prompter: { ask, done() {} } }),
  });
  const pay = async (n) => (await api(`${origin}/transfers`, { method: 'POST', body: `${n}` })).text();
  assert.deepEqual(await Promise.all(fifty.map(pay)), fifty.map((n) => `sent ${n}`));
  assert.equal((await done()).transfers, transfers + 50);
  assert.equal(await user.prompts(), 1);
});
