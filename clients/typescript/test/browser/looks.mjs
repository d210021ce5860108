// The dialog in each of its looks: node looks.mjs ORIGIN. With SCREENSHOTS it leaves pictures in
// that folder.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { User, addHelp, field, part, pay, type } from './chromium.mjs';

const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const folder = process.env.SCREENSHOTS;

// As narrow as WCAG 2.2 §1.4.10 has it.
const sizes = { narrow: { width: 320, height: 640 }, wide: { width: 1280, height: 800 } };
const scenes = {
  async choose(page) {
    await pay(page);
    await part(page, 'method').first().waitFor();
  },
  async code(page) {
    await part(page, 'method').filter({ hasText: 'e-mail' }).click();
    await field(page);
  },
  async wrong(page) {
    await type(page, '000 000');
    await part(page, 'notice').filter({ hasText: 'not right' }).waitFor();
  },
  async passkey(page) {
    await part(page, 'button').filter({ hasText: 'Another way' }).click();
    await part(page, 'method').filter({ hasText: 'Passkey' }).click();
    await part(page, 'primary').filter({ hasText: 'Continue' }).waitFor();
  },
  async device(page) {
    await part(page, 'button').filter({ hasText: 'Another way' }).click();
    await part(page, 'method').filter({ hasText: 'Your phone' }).click();
    await part(page, 'number').waitFor();
  },
  async offline(page) {
    await page.keyboard.press('Escape');
    await page.locator('#outcome').filter({ hasText: 'cancelled' }).waitFor();
    await page.route('**/step-up/**', (route) => route.abort('internetdisconnected'));
    await pay(page);
    await part(page, 'notice').filter({ hasText: 'no connection' }).waitFor();
  },
};

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

for (const [size, viewport] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${size} and ${colorScheme}`, async (t) => {
      const user = await User.with('push', 'totp', 'email', 'recovery');
      const page = await user.browse(t, { viewport, colorScheme });
      const enrolling = page.evaluate(() => page.enrolKey('laptop'));
      await part(page, 'method').filter({ hasText: 'Recovery' }).click();
      await type(page, user.codes[0]);
      await enrolling;
      await page.evaluate(() => page.api.forget());
      await addHelp(page);
      for (const [name, scene] of Object.entries(scenes)) {
        await scene(page);
        assert.deepEqual(await violations(page), [], name);
        const box = await part(page, 'dialog').boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `${name} is within the page`);
        assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, `${name} is within the page`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= viewport.width, `${name} is not scrolled sideways`);
        if (folder) {
          await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`) });
        }
      }
      assert.deepEqual(page.printed.filter((line) => !line.startsWith('Failed to load')), []);
    });
  }
}

test('texts, colours and corners are the page\'s to say', async (t) => {
  const user = await User.with('totp');
  const page = await user.browse(t);
  await page.evaluate(() => {
    page.dialog.texts = { title: 'Sind Sie es?', confirm: 'Bestätigen' };
    page.dialog.style.setProperty('--step-up-accent', 'rgb(0 90 60)');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('step-up-dialog::part(primary) { text-transform: uppercase; }');
    document.adoptedStyleSheets = [sheet];
  });
  await pay(page);
  await field(page);
  assert.equal(await part(page, 'title').textContent(), 'Sind Sie es?');
  const primary = part(page, 'primary');
  assert.equal(await primary.textContent(), 'Bestätigen');
  const style = await primary.evaluate((node) => {
    const { backgroundColor, textTransform } = getComputedStyle(node);
    return { backgroundColor, textTransform };
  });
  assert.deepEqual(style, { backgroundColor: 'rgb(0, 90, 60)', textTransform: 'uppercase' });
  assert.equal(await part(page, 'button').filter({ hasText: 'Cancel' }).count(), 1);
});
