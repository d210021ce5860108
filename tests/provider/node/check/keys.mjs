// Keys that change, and an endpoint that fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';

import { API, Partner, client, issuer, login, provider, verified } from './pair.mjs';

test('a rotation changes the key that signs', async () => {
  const session = { browser: 'rotation' };
  for (const [alg, resource] of [['ES256', API], ['RS256', `${API}/rs256`]]) {
    const old = await login({ ...session, resource });
    const { kids } = await provider.ask({ rotate: alg });
    const { access_token } = await login({ ...session, resource });
    const kid = (token) => decodeProtectedHeader(token).kid;
    assert.deepEqual([kid(old.access_token), kid(access_token)], [`${alg}-1`, `${alg}-2`]);
    assert.ok(kids.includes(`${alg}-1`) && kids.includes(`${alg}-2`));
    await verified(old.access_token, resource);
    await verified(access_token, resource);
    // The session and the refresh token of before are known to the provider of after.
    assert.equal(decodeJwt(access_token).auth_time, decodeJwt(old.access_token).auth_time);
    const { refresh_token } = old;
    assert.equal(kid((await client.ask({ refresh: { refresh_token } })).access_token), `${alg}-2`);

    await provider.ask({ drop: 'old' });
    await verified(access_token, resource);
    await assert.rejects(verified(old.access_token, resource), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
  }
});

test('the JWKS endpoint fails and hangs on demand, and counts', async () => {
  const ask = () => fetch(`${issuer}/jwks`, { signal: AbortSignal.timeout(300) });
  const { jwks_requests } = await provider.ask({ jwks: '500' });
  assert.equal((await ask()).status, 500);
  await provider.ask({ jwks: 'hang' });
  await assert.rejects(ask(), { name: 'TimeoutError' });
  const state = await provider.ask({ jwks: 'ok' });
  assert.equal((await ask()).status, 200);
  assert.equal(state.jwks_requests, jwks_requests + 2);
});

test('the provider ends while a request hangs', async () => {
  const other = new Partner('provider.mjs');
  const { issuer: url } = await other.hear();
  await other.ask({ jwks: 'hang' });
  const answer = assert.rejects(fetch(`${url}/jwks`), TypeError);
  // The request has arrived when it is counted.
  while ((await other.ask({})).jwks_requests === 0);
  assert.equal(await other.end(), 0);
  await answer;
});
