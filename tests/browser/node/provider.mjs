// The provider of tests/provider with two clients for pages of the origin that it is given: it lets
// pages of that origin redeem codes of `web`, and none those of `walled`. `GET /seen` says what was
// asked for, and by which pages.

import { createServer } from 'node:http';

import { Keys } from '../../provider/node/keys.mjs';
import { configuration, loginFor } from '../../provider/node/configuration.mjs';
import Provider from '../../provider/node/node_modules/oidc-provider/lib/index.js';

// Notices of oidc-provider would stand between the answers.
console.info = console.error;

const [page] = process.argv.slice(2);
const server = createServer((req, res) => answer(req, res));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const seen = { logins: [], redeemed: [] };

const settings = configuration();
for (const client_id of ['web', 'walled']) {
  settings.clients.push({
    client_id,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [`${page}/page/callback.html`, `${page}/`],
  });
}
settings.clientBasedCORS = (_, origin, { clientId }) => clientId === 'web' && origin === page;
const provider = new Provider(issuer, { ...settings, jwks: (await Keys.generate()).jwks() });
provider.on('server_error', (_, error) => console.error(error));
const callback = provider.callback();

const LOGIN = `<!doctype html><title>Provider</title><form method="post">
  <button>Log in</button> <button name="no" value="1">No</button></form>`;

async function answer(req, res) {
  const { pathname } = new URL(req.url, issuer);
  if (pathname === '/seen') {
    res.end(JSON.stringify(seen));
    return;
  }
  if (!pathname.startsWith('/interaction/')) {
    if (pathname === '/token' && req.method === 'POST') {
      seen.redeemed.push(req.headers.origin ?? null);
    }
    await callback(req, res);
    return;
  }
  const { params } = await provider.interactionDetails(req, res);
  const isOfProgram = params.client_id === 'public';
  if (req.method !== 'POST') {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(LOGIN);
    return;
  }
  const chunks = [];
  for await (const chunk of req) {
    chunks.push(chunk);
  }
  const denies = Buffer.concat(chunks).toString() === 'no=1';
  if (!isOfProgram) {
    seen.logins.push(params);
  }
  await provider.interactionFinished(req, res, loginFor(params, { age: 0, user: 'alice', denies }));
}

console.log(JSON.stringify({ issuer }));
// It ends with whoever started it.
process.stdin.on('end', () => process.exit()).resume();
