// How a login comes to its level and its time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';

import { REDIRECT_URI } from '../clients.mjs';
import { Browser, discover } from '../login.mjs';
import { API, client, introspect, issuer, login, now, provider, recent, verified } from './pair.mjs';

test('the metadata says what there is', async () => {
  const metadata = (await discover(issuer)).serverMetadata();
  assert.equal(metadata.issuer, issuer);
  assert.deepEqual(metadata.acr_values_supported, ['single-factor', 'mfa', 'phr']);
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
  assert.ok(metadata.dpop_signing_alg_values_supported.includes('ES256'));
  assert.equal(metadata.jwks_uri, `${issuer}/jwks`);
  assert.ok(metadata.introspection_endpoint.startsWith(issuer));
});

test('no client does without PKCE', async () => {
  for (const name of ['public', 'confidential']) {
    const request = { redirect_uri: REDIRECT_URI, scope: 'openid', resource: API };
    const url = openid.buildAuthorizationUrl(await discover(issuer, name), request);
    const back = await new Browser().authorize(url);
    assert.equal(back.searchParams.get('error'), 'invalid_request');
  }
});

test('a login is weak unless more is asked for', async () => {
  for (const name of ['public', 'confidential']) {
    const { access_token, token_type } = await login({ client: name });
    const { payload, protectedHeader } = await verified(access_token);
    assert.equal(protectedHeader.alg, 'ES256');
    assert.equal(token_type, 'bearer');
    const { sub, acr, amr, client_id, scope } = payload;
    assert.deepEqual(
      { sub, acr, amr, client_id, scope },
      { sub: 'alice', acr: 'single-factor', amr: ['pwd'], client_id: name, scope: 'accounts' },
    );
    recent(payload.auth_time, now());
  }
});

test('acr_values prompts again in a session that lacks the level, and only then', async () => {
  const session = { browser: 'acr' };
  await provider.ask({ age: 400 });
  const weak = decodeJwt((await login(session)).access_token);
  recent(weak.auth_time, now() - 400);
  const same = decodeJwt((await login(session)).access_token);
  assert.equal(same.auth_time, weak.auth_time);
  const strong = decodeJwt((await login({ ...session, acr_values: 'mfa phr phrh' })).access_token);
  assert.deepEqual([strong.acr, strong.amr], ['mfa', ['pwd', 'otp']]);
  recent(strong.auth_time, now());
  await provider.ask({ age: 400 });
  const kept = decodeJwt((await login({ ...session, acr_values: 'phr mfa' })).access_token);
  assert.deepEqual([kept.acr, kept.auth_time], ['mfa', strong.auth_time]);
  assert.equal((await provider.ask({ age: 0 })).age, 0);
});

test('max_age prompts again when the login is too old, and only then', async () => {
  const session = { browser: 'max_age' };
  await provider.ask({ age: 400 });
  const old = decodeJwt((await login(session)).access_token);
  const enough = decodeJwt((await login({ ...session, max_age: 500 })).access_token);
  assert.equal(enough.auth_time, old.auth_time);
  const fresh = decodeJwt((await login({ ...session, max_age: 300 })).access_token);
  recent(fresh.auth_time, now());
  // Should a provider be lax, the client is not.
  await provider.ask({ age: 400 });
  const answer = await client.ask({ login: { max_age: 300 } });
  assert.equal(answer.error, 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED');
});

test('a level out of reach is an error, and no token', async () => {
  for (const acr_values of ['phr', 'phr phrh', 'unheard-of']) {
    const answer = await client.ask({ login: { acr_values } });
    assert.equal(answer.error, 'unmet_authentication_requirements');
    assert.equal(answer.access_token, undefined);
  }
});

test('a refresh keeps the login', async () => {
  for (const name of ['public', 'confidential']) {
    await provider.ask({ age: 400 });
    const first = await login({ client: name, acr_values: 'mfa' });
    const { refresh_token } = first;
    const second = await client.ask({ refresh: { client: name, refresh_token } });
    assert.notEqual(second.access_token, first.access_token);
    const of = ({ access_token }) => {
      const { aud, acr, amr, auth_time } = decodeJwt(access_token);
      return { aud, acr, amr, auth_time };
    };
    assert.deepEqual(of(second), of(first));
    recent(of(second).auth_time, now() - 400);
  }
});

test('a refresh token used twice ends its grant', async () => {
  const first = await login({ resource: `${API}/opaque` });
  const { refresh_token } = first;
  const second = await client.ask({ refresh: { refresh_token } });
  assert.equal((await introspect(second.access_token)).active, true);
  assert.equal((await client.ask({ refresh: { refresh_token } })).error, 'invalid_grant');
  for (const { access_token } of [first, second]) {
    assert.deepEqual(await introspect(access_token), { active: false });
  }
});
