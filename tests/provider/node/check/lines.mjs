// What the client makes of our challenge, and both of lines that they do not understand.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { API, client, provider } from './pair.mjs';

const CHALLENGE =
  'Bearer realm="https://api.example", error="insufficient_user_authentication", ' +
  'error_description="A different authentication level is required", ' +
  'acr_values="mfa phr phrh", max_age="300"';

test('both libraries read our challenge', async (t) => {
  const api = createServer((req, res) => {
    const known = req.headers.authorization === 'Bearer good';
    res.writeHead(known ? 200 : 401, known ? {} : { 'www-authenticate': CHALLENGE });
    res.end(`${req.method} ${req.headers.authorization}`);
  });
  await new Promise((resolve) => api.listen(0, '127.0.0.1', resolve));
  t.after(() => api.close());
  const url = `http://127.0.0.1:${api.address().port}/transfers`;
  for (const library of ['oauth4webapi', 'openid-client', 'fetch']) {
    const call = { url, method: 'POST', with: library };
    const weak = await client.ask({ call: { ...call, access_token: 'weak' } });
    assert.deepEqual([weak.status, weak.body], [401, 'POST Bearer weak']);
    assert.equal(weak.headers['www-authenticate'], CHALLENGE);
    const parameters = {
      realm: API,
      error: 'insufficient_user_authentication',
      error_description: 'A different authentication level is required',
      acr_values: 'mfa phr phrh',
      max_age: '300',
    };
    const challenges = library === 'fetch' ? undefined : [{ scheme: 'bearer', parameters }];
    assert.deepEqual(weak.challenges, challenges);
    const good = await client.ask({ call: { ...call, access_token: 'good' } });
    assert.deepEqual([good.status, good.challenges], [200, undefined]);
    const bound = await client.ask({ call: { ...call, access_token: 'weak', dpop: true } });
    assert.equal(bound.body, library === 'fetch' ? undefined : 'POST DPoP weak');
  }
});

test('a line that is not understood is an error, and changes nothing', async () => {
  const state = await provider.ask({});
  for (const line of [{ age: 'x' }, { rotate: 'HS256' }, { drop: 'new' }, { jwks: 'slow' }, { quit: 1 }]) {
    assert.ok((await provider.ask(line)).error, JSON.stringify(line));
  }
  assert.deepEqual(await provider.ask({}), state);
  for (const line of [{}, { quit: {} }, { login: { acr: 'mfa' } }, { call: { url: 'x' } }]) {
    assert.ok((await client.ask(line)).error, JSON.stringify(line));
  }
});
