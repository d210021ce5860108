// The provider of tests/provider with a client for desktops and terminals: native, with pushed
// requests unless `--no-par` is given, and the device grant. `{"denies":true}` and `{"user":"bob"}`
// on stdin do what they do there.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { Keys } from '../../provider/node/keys.mjs';
import { configuration, loginFor } from '../../provider/node/configuration.mjs';
import Provider from '../../provider/node/node_modules/oidc-provider/lib/index.js';

// Notices of oidc-provider would stand between the answers.
console.info = console.error;

const server = createServer((req, res) => answer(req, res));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const state = { age: 0, denies: false, user: 'alice' };

const settings = configuration();
settings.clients.push({
  client_id: 'desktop',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: [
    'authorization_code',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
  ],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
});
settings.features.deviceFlow = { enabled: true };
settings.features.pushedAuthorizationRequests = { enabled: !process.argv.includes('--no-par') };
settings.extraTokenClaims = ({ oidc: { entities } }) => {
  const login = entities.RefreshToken ?? entities.AuthorizationCode ?? entities.DeviceCode;
  return login && { acr: login.acr, amr: login.amr, auth_time: login.authTime };
};
const provider = new Provider(issuer, { ...settings, jwks: (await Keys.generate()).jwks() });
provider.on('server_error', (_, error) => console.error(error));
const callback = provider.callback();

async function answer(req, res) {
  const { pathname } = new URL(req.url, issuer);
  state.requests = { ...state.requests, [pathname]: (state.requests?.[pathname] ?? 0) + 1 };
  if (!pathname.startsWith('/interaction/')) {
    await callback(req, res);
    return;
  }
  const { params, prompt } = await provider.interactionDetails(req, res);
  if (req.method !== 'POST') {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    res.end('<!doctype html><title>Log in</title><form method="post"><button>Log in</button></form>');
    return;
  }
  // What was asked for, as the page where the user logs in saw it.
  state.params = params;
  // Of a native client the user is always asked whether it may (RFC 8252 §8.6).
  const result = prompt.name === 'consent' ? { consent: {} } : loginFor(params, state);
  await provider.interactionFinished(req, res, result);
  state.denies = false;
}

console.log(JSON.stringify({ issuer, ...state }));
for await (const line of createInterface({ input: process.stdin })) {
  Object.assign(state, JSON.parse(line));
  console.log(JSON.stringify({ issuer, ...state }));
}
server.close();
server.closeAllConnections();
