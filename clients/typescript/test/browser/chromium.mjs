// Chromium, and users who sit in front of it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { User as Customer, origin } from './bank.mjs';

let browser;
let profile;

before(async () => {
  profile = await mkdtemp(join(tmpdir(), 'stepup-chromium-'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    // Windows that nobody clicked for stay shut, as they do at home.
    ignoreDefaultArgs: ['--disable-popup-blocking'],
    env: { ...process.env, HOME: profile },
  });
});

after(async () => {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
});

export class User extends Customer {
  /** Their browser, with the page open, and a key of its own. */
  async browse(t, { path = '/', ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    t.after(() => context.close());
    await context.exposeFunction('getLogin', () => this.token);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    const authenticator = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    const added = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: authenticator });
    page.printed = [];
    page.on('console', (message) => page.printed.push(message.text()));
    page.on('pageerror', (error) => page.printed.push(String(error)));
    page.setVerified = (isUserVerified) =>
      cdp.send('WebAuthn.setUserVerified', { ...added, isUserVerified });
    /** What this comes to in the page, as something that nobody clicked for. */
    page.runUnasked = async (expression) => {
      const asked = { expression, userGesture: false, awaitPromise: true, returnByValue: true };
      return (await cdp.send('Runtime.evaluate', asked)).result.value;
    };
    await page.goto(origin + path);
    await page.waitForFunction(() => globalThis.page !== undefined);
    return page;
  }
}

/** Puts help of the page's own into the dialog: a link, and a button that counts. */
export async function addHelp(page) {
  await page.evaluate(() => {
    const help = Object.assign(document.createElement('p'), { slot: 'help', id: 'help' });
    const link = Object.assign(document.createElement('a'), { href: '/?help', target: '_blank' });
    const button = Object.assign(document.createElement('button'), { type: 'button', value: '0' });
    link.textContent = 'No code came?';
    button.textContent = 'Call us';
    button.addEventListener('click', () => (button.value = String(Number(button.value) + 1)));
    help.append(link, ' ', button);
    page.dialog.append(help);
  });
}

/** Presses the button that sends money. */
export async function pay(page) {
  await page.locator('#pay').focus();
  await page.keyboard.press('Enter');
}

/** What came of it. */
export async function outcome(page) {
  const text = page.locator('#outcome');
  await text.filter({ hasText: '{' }).waitFor();
  return JSON.parse(await text.textContent());
}

/** A part of the dialog. */
export const part = (page, name) => page.locator(`step-up-dialog [part~="${name}"]`);

/** Goes to one of these with the Tab key, and presses Enter. */
async function goTo(page, name, text) {
  const one = part(page, name).filter({ hasText: text });
  await one.waitFor();
  while (!(await one.evaluate((node) => node.matches(':focus')))) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
}

/** Chooses a way. */
export const choose = (page, name) => goTo(page, 'method', name);

/** Presses a button of the dialog. */
export const press = (page, name) => goTo(page, 'button', name);

/** The dialog's field for a code, when it is there to be typed into. */
export async function field(page) {
  const input = part(page, 'input');
  await input.waitFor();
  await page.locator('step-up-dialog [part~="body"]:not([aria-busy])').waitFor();
  return input;
}

/** Types a code and presses Enter. */
export async function type(page, code) {
  await field(page);
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
