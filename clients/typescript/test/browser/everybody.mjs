// The dialog for whoever sees, hears or types otherwise: node everybody.mjs ORIGIN. With
// SCREENSHOTS it leaves pictures in that folder.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { done, totp, wrong } from './bank.mjs';
import { User, choose, field, outcome, part, pay, press, type } from './chromium.mjs';

const picture = async (page, name) => {
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
  }
};

/** What has the focus, and what a screen reader says of it. */
async function focused(page) {
  const cdp = await page.context().newCDPSession(page);
  const root = 'document.querySelector("step-up-dialog").shadowRoot';
  const { result } = await cdp.send('Runtime.evaluate', { expression: `${root}.activeElement` });
  const { objectId } = result;
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', { objectId, fetchRelatives: false });
  const [{ role, name, description }] = nodes;
  return { role: role.value, name: name?.value, description: description?.value ?? '' };
}

/** One sees what has the focus, and all above it that there is room for. */
async function assertFromTheTop(page, name) {
  const [top, bottom, scrolled, end] = await part(page, 'dialog').evaluate((dialog) => {
    const { top, bottom } = dialog.getRootNode().activeElement.getBoundingClientRect();
    const { bottom: end, top: start } = dialog.getBoundingClientRect();
    return [top - start, bottom - start, dialog.scrollTop, end - start];
  });
  assert.ok(top >= 0 && bottom <= end, `${name}: what has the focus is not seen`);
  assert.ok(scrolled === 0 || end - bottom < 24, `${name}: scrolled by ${scrolled}`);
}

test('a screen reader hears the number, and what is asked', async (t) => {
  const user = await User.with('push', 'totp');
  const page = await user.browse(t);
  await pay(page);
  await part(page, 'method').first().waitFor();
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
  assert.equal(await dialog.count(), 1);
  assert.equal(await page.getByRole('list', { name: 'How do you want to confirm it?' }).count(), 1);
  await choose(page, 'Your phone');
  const number = part(page, 'number');
  await number.waitFor();
  const spelled = [...(await number.textContent())].join(' ');
  const { role, name } = await focused(page);
  assert.equal(role, 'group');
  assert.ok(name.startsWith('Your phone asks you now.'), name);
  assert.ok(name.endsWith(` Type or choose this number there: ${spelled}`), name);
});

test('a screen reader hears what went wrong, with the field that it is about', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await pay(page);
  await type(page, wrong(user.secret));
  await part(page, 'notice').filter({ hasText: '4 more' }).waitFor();
  await field(page);
  const { role, name, description } = await focused(page);
  assert.deepEqual([role, name], ['textbox', 'The code that your authenticator app shows']);
  assert.match(description, /^That is not right. You have 4 more attempts\./);
  assert.equal(await part(page, 'notice').getAttribute('role'), 'alert');
  // Both have been there before anything came into them.
  for (const name of ['notice', 'progress']) {
    assert.notEqual(await part(page, name).evaluate((node) => getComputedStyle(node).display), 'none');
  }
});

test('a screen reader hears what a button is for', async (t) => {
  const user = await User.with();
  const page = await user.browse(t);
  await page.evaluate(() => page.enrolKey('laptop'));
  await page.setVerified(false);
  await pay(page);
  await part(page, 'primary').waitFor();
  const { name, description } = await focused(page);
  assert.deepEqual([name, description], ['Continue', 'Your browser will ask for your passkey or security key.']);
  await page.keyboard.press('Enter');
  await part(page, 'notice').filter({ hasText: 'No passkey' }).waitFor();
  assert.match((await focused(page)).description, /^No passkey or security key answered\. Your browser/);
});

test('a key that is still down presses nothing more', async (t) => {
  const user = await User.with('push', 'totp');
  const page = await user.browse(t);
  await pay(page);
  await part(page, 'method').first().waitFor();
  await page.keyboard.down('Enter');
  await part(page, 'number').waitFor();
  for (let times = 0; times < 5; times += 1) {
    await page.keyboard.down('Enter');
  }
  await page.keyboard.up('Enter');
  assert.ok(await part(page, 'number').isVisible());
});

test('a key that is held since the page presses nothing', async (t) => {
  /** Holds a key while the dialog comes, and says whether it still asks. */
  const isAskedStill = async (page, key, asked) => {
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.down(key);
    await page.evaluate(() => document.querySelector('#pay').click());
    await part(page, asked).first().waitFor();
    for (let times = 0; times < 5; times += 1) {
      await page.keyboard.down(key);
    }
    await page.keyboard.up(key);
    const isBusy = await page.locator('step-up-dialog [aria-busy]').count();
    return !isBusy && (await part(page, asked).first().isVisible());
  };
  const [chooser, keyed] = [await User.with('push', 'totp'), await User.with()];
  for (const key of ['Enter', ' ']) {
    const page = await chooser.browse(t);
    assert.ok(await isAskedStill(page, key, 'method'), `${key} chose`);
    await page.keyboard.press(key);
    await part(page, 'method').first().waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    assert.equal((await outcome(page)).code, 'cancelled');
  }
  const page = await keyed.browse(t);
  await page.evaluate(() => page.enrolKey('laptop'));
  assert.ok(await isAskedStill(page, 'Enter', 'primary'), 'Enter confirmed');
  await page.keyboard.press('Enter');
  assert.equal((await outcome(page)).status, 200);
});

test('a dialog that is moved stays in front of the page', async (t) => {
  const user = await User.with('totp', 'email');
  const page = await user.browse(t);
  const moves = {
    moved: () => document.querySelector('main').append(document.querySelector('step-up-dialog')),
    'in what is hidden': () => {
      const hidden = Object.assign(document.createElement('div'), { hidden: true });
      document.body.append(hidden);
      hidden.append(document.querySelector('step-up-dialog'));
    },
    'hidden before the next question': () => {
      const hidden = document.createElement('div');
      document.body.append(hidden);
      hidden.append(document.querySelector('step-up-dialog'));
      hidden.hidden = true;
    },
  };
  for (const [name, move] of Object.entries(moves)) {
    await page.evaluate(() => (document.querySelector('#outcome').textContent = ''));
    await pay(page);
    await part(page, 'method').first().waitFor();
    await page.evaluate(move);
    if (name.endsWith('question')) {
      const method = part(page, 'method').first();
      await method.evaluate((node) => node.click());
      await part(page, 'input').waitFor();
    }
    assert.ok(await part(page, 'dialog').evaluate((node) => node.matches(':modal')), name);
    assert.ok(await part(page, 'title').isVisible(), name);
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'step-up-dialog', name);
    await page.keyboard.press('Escape');
    assert.equal((await outcome(page)).code, 'cancelled', name);
    const stands = await page.evaluate(() => document.querySelector('step-up-dialog').parentElement.localName);
    assert.equal(stands, name === 'moved' ? 'main' : 'div', name);
  }
});

test('a no counts while the answer is on its way', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  for (const how of [() => page.keyboard.press('Escape'), () => press(page, 'Cancel')]) {
    const { transfers } = await done();
    let arrived;
    let release;
    const isThere = new Promise((resolve) => (arrived = resolve));
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/proof', async (route) => {
      arrived();
      await held;
      await route.continue().catch(() => {});
    });
    await page.evaluate(() => (document.querySelector('#outcome').textContent = ''));
    await pay(page);
    await type(page, totp(user.secret));
    await isThere;
    assert.match(await part(page, 'progress').textContent(), /One moment/);
    await picture(page, 'busy');
    await how();
    release();
    assert.equal((await outcome(page)).code, 'cancelled');
    assert.equal((await done()).transfers, transfers);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pay');
    await page.unroute('**/proof');
  }
});

test('colours of the person\'s own, larger text, and from right to left', async (t) => {
  // 200 % of a window that is 1280 wide, and 400 %.
  for (const [name, viewport, options] of [
    ['forced', { width: 1280, height: 800 }, { forcedColors: 'active', reducedMotion: 'reduce' }],
    ['zoomed', { width: 640, height: 400 }, {}],
    ['zoomed-twice', { width: 320, height: 256 }, {}],
  ]) {
    const user = await User.with('totp', 'email', 'recovery');
    const page = await user.browse(t, { viewport, ...options });
    await page.evaluate((isRtl) => (document.documentElement.dir = isRtl ? 'rtl' : 'ltr'), name === 'zoomed');
    await pay(page);
    await part(page, 'method').first().waitFor();
    await picture(page, `choose-${name}`);
    await assertFromTheTop(page, name);
    await choose(page, 'Code by e-mail');
    await field(page);
    await picture(page, `code-${name}`);
    await assertFromTheTop(page, name);
    const box = await part(page, 'dialog').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, name);
    assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, name);
    // What does not fit can be scrolled to, downwards alone.
    const isWide = await part(page, 'dialog').evaluate((node) => node.scrollWidth > node.clientWidth);
    assert.equal(isWide, false, name);
    const moves = await part(page, 'primary').evaluate((node) => getComputedStyle(node).transitionDuration);
    assert.equal(moves, '0s');
    if (name === 'forced') {
      const adjust = await part(page, 'primary').evaluate((node) => getComputedStyle(node).forcedColorAdjust);
      assert.equal(adjust, 'none', 'or its text is white on white');
    }
    if (name === 'zoomed') {
      const [input, label] = ['input', 'label'].map((one) => part(page, one));
      assert.equal(await label.evaluate((node) => getComputedStyle(node).direction), 'rtl');
      assert.equal(await input.evaluate((node) => getComputedStyle(node).direction), 'ltr');
    }
    await press(page, 'Cancel');
    await outcome(page);
    await page.context().close();
  }
});

test('text alone, twice as large', async (t) => {
  const user = await User.with('totp', 'email');
  const page = await user.browse(t, { viewport: { width: 640, height: 800 } });
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await pay(page);
  await choose(page, 'Code by e-mail');
  await field(page);
  await picture(page, 'code-large-text');
  const isWide = await part(page, 'dialog').evaluate((node) => node.scrollWidth > node.clientWidth);
  assert.equal(isWide, false);
});

test('in another language, which leaves some texts as they are', async (t) => {
  const user = await User.with('totp', 'email');
  const page = await user.browse(t);
  await page.evaluate(() => {
    page.dialog.texts = { methods: { totp: 'App' }, codeSentTo: '$& an {hint}:' };
  });
  await pay(page);
  await part(page, 'method').first().waitFor();
  const names = await part(page, 'method').allTextContents();
  assert.deepEqual(names.map((name) => name.split(' ')[0]), ['App', 'Code']);
  await choose(page, 'Code by e-mail');
  await field(page);
  assert.match(await part(page, 'label').textContent(), /^\$& an u…@mail\.example:$/);
});
