// The emulator without an authority: node --test check.mjs

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('emulator.mjs', import.meta.url));

test('it starts, signs up, and its tokens are signed by nobody', async (t) => {
  const emulator = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => emulator.on('exit', resolve));
  t.after(async () => {
    emulator.stdin.end();
    assert.equal(await ended, 0);
  });
  const lines = createInterface({ input: emulator.stdout })[Symbol.asyncIterator]();
  const { url } = JSON.parse((await lines.next()).value);
  const response = await fetch(`${url}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=any`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'a@example.com', password: 'a long one', returnSecureToken: true }),
  });
  assert.equal(response.status, 200);
  const [header, , signature] = (await response.json()).idToken.split('.');
  assert.equal(JSON.parse(Buffer.from(header, 'base64url')).alg, 'none');
  assert.equal(signature, '');
});
