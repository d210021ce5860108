// Passkeys in a browser without `parseRequestOptionsFromJSON` and `toJSON`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begun, factor, scene, stepped, token } from './support/authority.mjs';

const bytes = (...values) => new Uint8Array(values).buffer;

/** A browser whose keys answer so; what it was asked. */
function browser(t, answer) {
  const asked = [];
  const get = async (options) => {
    asked.push(options);
    return answer();
  };
  const own = { navigator: { credentials: { get } }, PublicKeyCredential: class {} };
  for (const [name, value] of Object.entries(own)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => {
      delete globalThis[name];
      return before && Object.defineProperty(globalThis, name, before);
    });
  }
  return asked;
}

/** What a key says; members that a browser has on prototypes. */
function said(userHandle) {
  const response = Object.create({
    clientDataJSON: bytes(123, 125),
    authenticatorData: bytes(0xfb, 0xff, 0xfe),
    signature: bytes(1),
    userHandle,
  });
  const getClientExtensionResults = () => ({});
  const more = { type: 'public-key', response, getClientExtensionResults };
  return Object.create({ id: '-_8', rawId: bytes(0xfb, 0xff), ...more });
}

const publicKey = {
  rpId: 'bank.example',
  challenge: '-_8AAQ',
  timeout: 60_000,
  userVerification: 'required',
  allowCredentials: [{ type: 'public-key', id: '_-8', transports: ['internal'] }],
};

function asking(...more) {
  const answers = [begun(factor('webauthn')), [200, { prompt: { publicKey } }], ...more];
  return scene({ answers, replies: [{ do: 'go' }] });
}

test('a passkey is asked for and answered in bytes', async (t) => {
  let userHandle;
  const asked = browser(t, () => said(userHandle));
  for (const [handle, written] of [[bytes(7, 8), { userHandle: 'Bwg' }], [null, {}]]) {
    userHandle = handle;
    const { run, requests } = asking([200, token]);
    assert.deepEqual(await run(), stepped);
    const { publicKey: options } = asked.pop();
    assert.deepEqual(options, {
      ...publicKey,
      challenge: new Uint8Array([0xfb, 0xff, 0x00, 0x01]),
      allowCredentials: [{ type: 'public-key', id: new Uint8Array([0xff, 0xef]), transports: ['internal'] }],
    });
    const { credential } = JSON.parse(requests.at(-1).replace(/^[^{]*/, ''));
    assert.deepEqual(credential, {
      id: '-_8',
      rawId: '-_8',
      type: 'public-key',
      response: { clientDataJSON: 'e30', authenticatorData: '-__-', signature: 'AQ', ...written },
      clientExtensionResults: {},
    });
  }
});
