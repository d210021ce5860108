// Chromium, a bank that runs (its origin is the argument), and its made-up customers. A second
// argument is where the bank's clock is moved.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

export const origin = process.argv[2];
const clock = process.argv[3];

const own = new URL(origin).host;

/** By how many milliseconds the bank is ahead. */
let ahead = 0;

let browser;
let profile;

before(async () => {
  profile = await mkdtemp(join(tmpdir(), 'bank-chromium-'));
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

/**
 * A browser of its own, with a passkey's device in it. No test ends well in which a page printed a
 * warning or an error, broke its policy, or asked another origin for something.
 */
export async function browserFor(t, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.printed = [];
  context.foreign = [];
  t.after(async () => {
    await context.close();
    assert.deepEqual([context.printed, context.foreign], [[], []]);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      console.error(`the policy is violated: ${effectiveDirective} ${blockedURI}`);
    });
  });
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && host.replace('127.0.0.1', 'localhost') !== own) {
      context.foreign.push(request.url());
    }
  });
  return context;
}

export async function tab(context, path = '/') {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    // Chromium prints each answer of 400 and more, also where the page expects it: of the API.
    const isAnswer = message.text().startsWith('Failed to load');
    const isFile = /^\/(assets|phone|demo)?(\/|$)/.test(new URL(message.location().url, origin).pathname);
    if (['error', 'warning'].includes(message.type()) && (!isAnswer || isFile)) {
      context.printed.push(`${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', (error) => context.printed.push(String(error)));
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  await page.goto(path.startsWith('/') ? origin + path : path);
  return page;
}

/** A tab in which this customer has just signed in. */
export async function signedIn(context, user, path = '/') {
  const page = await tab(context, `/#${path}`);
  await page.locator('#username').fill(user);
  await page.locator('#password').fill('correct horse');
  await page.keyboard.press('Enter');
  await page.locator('#nav').waitFor();
  await page.locator('main:not([aria-busy])').waitFor();
  return page;
}

/** What this link opens in a second tab. */
export async function opened(context, page, link) {
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name: link }).click();
  return opening;
}

export const heading = (page, text) => page.locator('h1', { hasText: text }).waitFor();

/** A part of the dialog that asks who one is. */
export const part = (page, name) => page.locator(`step-up-dialog [part~="${name}"]`);

/** Says in the dialog which way to go. */
export async function choose(page, name) {
  await part(page, 'method').filter({ hasText: name }).click();
}

/** Types a code into the dialog. */
export async function answer(page, code) {
  await part(page, 'input').waitFor();
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}

/** Goes through the form for money and what is shown of it, up to the dialog. */
export async function pay(page, to, amount) {
  await page.goto(`${origin}/#/pay`);
  await heading(page, 'Send money');
  await page.locator('#to').fill(to);
  await page.locator('#amount').fill(amount);
  await page.keyboard.press('Enter');
  const send = sendButton(page);
  await send.or(page.locator('.field.wrong')).waitFor();
  if (await send.isVisible()) {
    await send.click();
  }
}

/** Where it is asked whether all is right. */
export const sendButton = (page) => page.getByRole('button', { name: /^Send €/ });

/** The balance of the first account, in cents. */
export async function balance(page) {
  await page.goto(`${origin}/#/`);
  await heading(page, 'Hello');
  const text = await page.locator('.balance').first().textContent();
  return Math.round(Number(text.replace(/[^\d.]/g, '')) * 100);
}

/** Mails to this customer that have a code, the newest first. */
export async function mailedCodes(user) {
  const response = await fetch(`${origin}/demo/outbox`, { headers: { accept: 'application/json' } });
  const mails = (await response.json()).filter(({ to }) => to.startsWith(`${user}@`));
  return mails.flatMap(({ text }) => text.match(/(?<!\d)\d{6}(?!\d)/) ?? []);
}

/** Has so many seconds go by at the bank. */
export async function wait(seconds) {
  const { ok } = await fetch(`${clock}/${seconds}`, { method: 'POST' });
  assert.ok(ok);
  ahead += seconds * 1000;
}

const lastStep = new Map();

/** The next code of the authenticator app that this customer was given: each is good once. */
export async function appCode(user) {
  const { users } = await (await fetch(`${origin}/demo`)).json();
  const secret = users.find((one) => one.user === user).totp_secret;
  const now = () => Math.floor((Date.now() + ahead) / 30_000);
  const step = Math.max(now(), (lastStep.get(user) ?? 0) + 1);
  while (now() + 1 < step) {
    await (clock === undefined ? new Promise((resolve) => setTimeout(resolve, 500)) : wait(30));
  }
  lastStep.set(user, step);
  return totp(secret, step);
}

/** What an app shows now that was given this secret. */
export function codeOf(secret) {
  return totp(secret.replaceAll(' ', ''), Math.floor((Date.now() + ahead) / 30_000));
}

function totp(secret, step) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
