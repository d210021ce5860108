// Chromium with a virtual authenticator, over stdin and stdout, one JSON line each (see README.md):
// node browser.mjs

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

// Past this it hangs: red is better than no end.
setTimeout(() => process.exit(1), 100_000).unref();

const profile = await mkdtemp(join(tmpdir(), 'stepup-chromium-'));
const context = await chromium.launchPersistentContext(profile, {
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
});
// Every page of every origin is this one, and nothing leaves the machine.
await context.route('**/*', (route) =>
  route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>page</title>' }),
);
const page = context.pages()[0] ?? (await context.newPage());
const cdp = await context.newCDPSession(page);
await cdp.send('WebAuthn.enable', { enableUI: false });
let authenticatorId;

// What a page does, and what comes of it.
const create = async (options) => {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return { credential: (await navigator.credentials.create({ publicKey })).toJSON() };
  } catch (error) {
    return { error: error.name };
  }
};
const get = async (options) => {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return { credential: (await navigator.credentials.get({ publicKey })).toJSON() };
  } catch (error) {
    return { error: error.name };
  }
};
const signal = async (accepted) => {
  await PublicKeyCredential.signalAllAcceptedCredentials(accepted);
  return {};
};

async function frame(origin, within) {
  await page.goto(within ?? origin);
  if (within === undefined) {
    return page.mainFrame();
  }
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    const { origin } = new URL(src);
    frame.allow = `publickey-credentials-create ${origin}; publickey-credentials-get ${origin}`;
    frame.src = src;
    document.body.append(frame);
    return new Promise((resolve) => frame.addEventListener('load', resolve));
  }, `${origin}/frame`);
  return page.frames().find((frame) => frame.url() === `${origin}/frame`);
}

const controls = {
  // Another authenticator in place of the one before.
  async device({ transport }) {
    if (authenticatorId !== undefined) {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
    const options = {
      protocol: 'ctap2',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    ({ authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options }));
    return {};
  },
  async create({ origin, within, options }) {
    return (await frame(origin, within)).evaluate(create, options);
  },
  async get({ origin, within, options }) {
    return (await frame(origin, within)).evaluate(get, options);
  },
  async signal({ origin, accepted }) {
    return (await frame(origin)).evaluate(signal, accepted);
  },
  async verified({ isUserVerified }) {
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    return {};
  },
  async keys() {
    return cdp.send('WebAuthn.getCredentials', { authenticatorId });
  },
  // Of each key one that has signed so often.
  async count({ signCount }) {
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    for (const credential of credentials) {
      const { credentialId } = credential;
      await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
      const params = { authenticatorId, credential: { ...credential, signCount } };
      await cdp.send('WebAuthn.addCredential', params);
    }
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...parameters } = JSON.parse(line);
  let answer;
  try {
    answer = await controls[name](parameters);
  } catch (error) {
    answer = { failed: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await context.close();
await rm(profile, { recursive: true, force: true });
process.exit(0);
