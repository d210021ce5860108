// What stands in which token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';

import { API, client, introspect, login, now, provider, recent, verified } from './pair.mjs';

test('the resource decides algorithm and audience', async () => {
  const resource = `${API}/rs256`;
  const { access_token } = await login({ resource, acr_values: 'mfa' });
  const { payload, protectedHeader } = await verified(access_token, resource);
  assert.deepEqual([protectedHeader.alg, payload.acr], ['RS256', 'mfa']);
  const refused = await client.ask({ login: { resource: 'https://other.example' } });
  assert.equal(refused.error, 'invalid_target');
});

test('an opaque token is introspected, with acr and auth_time at top level', async () => {
  const resource = `${API}/opaque`;
  await provider.ask({ age: 400 });
  const { access_token } = await login({ resource, acr_values: 'mfa' });
  assert.throws(() => decodeProtectedHeader(access_token));
  const { active, sub, aud, acr, amr, auth_time, client_id, token_type } = await introspect(access_token);
  assert.deepEqual(
    { active, sub, aud, acr, amr, client_id, token_type },
    {
      active: true,
      sub: 'alice',
      aud: resource,
      acr: 'mfa',
      amr: ['pwd', 'otp'],
      client_id: 'public',
      token_type: 'Bearer',
    },
  );
  recent(auth_time, now() - 400);
  assert.deepEqual(await introspect('unheard-of'), { active: false });
  assert.deepEqual(await introspect(access_token, 'public'), { active: false });
});

test("a client's own token speaks of no login", async () => {
  const { access_token } = await client.ask({ client_credentials: { scope: 'payments' } });
  const { payload } = await verified(access_token);
  assert.deepEqual([payload.sub, payload.scope], ['confidential', 'payments']);
  const opaque = await client.ask({ client_credentials: { resource: `${API}/opaque` } });
  for (const claims of [payload, await introspect(opaque.access_token)]) {
    assert.equal(claims.client_id, 'confidential');
    assert.deepEqual([claims.acr, claims.amr, claims.auth_time], [undefined, undefined, undefined]);
  }
});

test('a token is bound to a DPoP key on request', async () => {
  const { access_token, refresh_token, token_type } = await login({ dpop: true });
  assert.equal(token_type, 'dpop');
  const again = await client.ask({ refresh: { refresh_token, dpop: true } });
  const { jkt } = decodeJwt(access_token).cnf;
  assert.deepEqual([decodeJwt(again.access_token).cnf.jkt, typeof jkt], [jkt, 'string']);
});
