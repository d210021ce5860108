// Chromium, the bank that runs, and its users.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

/** Where the bank is. */
export const origin = process.argv[2];

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
    env: { ...process.env, HOME: profile },
  });
});

after(async () => {
  await browser.close();
  await rm(profile, { recursive: true, force: true });
});

async function control(path, body) {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${origin}/test/${path}`, request);
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

/** The code of an authenticator app (RFC 6238). */
export function totp(secret, step = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

let users = 0;

/** Somebody who has just logged in, with these factors; a device comes first, if at all. */
export class User {
  static async with(...methods) {
    const user = new User();
    user.name = `user-${++users}-${process.pid}`;
    user.token = (await control('login', { user: user.name })).token;
    for (const method of methods) {
      if (method === 'push') {
        await control('device', { user: user.name, token: user.token });
        continue;
      }
      const details = method === 'email' ? { email: `${user.name}@mail.example` } : {};
      const shown = await control('enrol', { user: user.name, method, details });
      user.secret = shown.secret ?? user.secret;
      user.codes = shown.codes ?? user.codes;
    }
    return user;
  }

  /** Types a number on their device, or says no. */
  answerOnDevice(number) {
    return control('device/answer', { user: this.name, number });
  }

  /** The codes that were mailed to them. */
  async mails() {
    const { mails } = await control('seen');
    return mails.filter(({ to }) => to.startsWith(`${this.name}@`)).map(({ code }) => code);
  }

  /** What the authority says has happened to them. */
  async events() {
    const { events } = await control('seen');
    const [own] = [events.filter((event) => event.endsWith(` ${this.name}`))];
    return own.map((event) => event.split(' ')[0]);
  }

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
    await page.goto(origin + path);
    await page.waitForFunction(() => globalThis.page !== undefined);
    return page;
  }
}

/** How often money was sent. */
export const transfers = async () => (await control('seen')).transfers;

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

/** The dialog's field for a code, when it is there to be typed into. */
export async function field(page) {
  const input = part(page, 'input');
  await input.waitFor();
  await page.locator('step-up-dialog [part~="dialog"]:not([aria-busy])').waitFor();
  return input;
}

/** Types a code and presses Enter. */
export async function type(page, code) {
  await field(page);
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
