// The browser and its authenticator, without Rust: node --test check.mjs

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const browser = spawn(process.execPath, [fileURLToPath(new URL('browser.mjs', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
  // Past this it hangs: red is better than no end.
  timeout: 60_000,
});
const lines = createInterface({ input: browser.stdout })[Symbol.asyncIterator]();

async function ask(control) {
  browser.stdin.write(`${JSON.stringify(control)}\n`);
  const { value, done } = await lines.next();
  assert.ok(!done, 'the browser ended');
  return JSON.parse(value);
}

after(() => browser.stdin.end());

const origin = 'https://bank.example';
const challenge = Buffer.alloc(32).toString('base64url');
const creation = {
  rp: { id: 'bank.example', name: 'Bank' },
  user: { id: 'AAAA', name: 'alice', displayName: 'alice' },
  challenge,
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
};
const request = { rpId: 'bank.example', challenge, userVerification: 'required' };

async function clientData(control) {
  const { credential } = await ask(control);
  return JSON.parse(Buffer.from(credential.response.clientDataJSON, 'base64url'));
}

test('a key is made, and signs for the page that it is on', async () => {
  assert.deepEqual(await ask({ do: 'device', transport: 'internal' }), {});
  const made = await clientData({ do: 'create', origin, options: creation });
  assert.deepEqual([made.type, made.origin], ['webauthn.create', origin]);
  assert.equal((await ask({ do: 'keys' })).credentials.length, 1);
  const given = await clientData({ do: 'get', origin, options: request });
  assert.deepEqual([given.type, given.origin, given.crossOrigin], ['webauthn.get', origin, false]);
});

test('a frame says whose page it is in', async () => {
  const within = 'https://shop.example';
  const given = await clientData({ do: 'get', origin, within, options: request });
  assert.deepEqual([given.origin, given.crossOrigin, given.topOrigin], [origin, true, within]);
});

test('a page of another domain gets nothing, nor one that nobody is verified on', async () => {
  const evil = { do: 'get', origin: 'https://evil.example', options: request };
  assert.deepEqual(await ask(evil), { error: 'SecurityError' });
  await ask({ do: 'verified', isUserVerified: false });
  const unverified = await ask({ do: 'get', origin, options: request });
  assert.deepEqual(unverified, { error: 'NotAllowedError' });
  await ask({ do: 'verified', isUserVerified: true });
});

test('keys count, and are forgotten', async () => {
  await ask({ do: 'count', signCount: 41 });
  await ask({ do: 'get', origin, options: request });
  const [key] = (await ask({ do: 'keys' })).credentials;
  assert.equal(key.signCount, 42);
  const accepted = { rpId: 'bank.example', userId: 'AAAA', allAcceptedCredentialIds: [] };
  await ask({ do: 'signal', origin, accepted });
  assert.deepEqual(await ask({ do: 'keys' }), { credentials: [] });
});

test('a line that is not understood is an error', async () => {
  assert.ok((await ask({ do: 'nothing' })).failed);
});
