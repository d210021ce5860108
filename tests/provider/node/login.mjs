// Code + PKCE without a browser: openid-client builds the request and redeems the code, and what a
// browser would do in between (redirects, cookies, one form) is done here.

import * as openid from 'openid-client';

import { CLIENTS, REDIRECT_URI } from './clients.mjs';

const SECONDS = 10;
const HOPS = 10;

// One key per process: tokens bound to it stay usable from command to command.
const dpopKeys = openid.randomDPoPKeyPair('ES256');

export async function dpopHandle(config) {
  return openid.getDPoPHandle(config, await dpopKeys);
}

export const dpopKeyPair = () => dpopKeys;

const discovered = new Map();

// What the client knows of the provider: asked for once.
export async function discover(issuer, client = 'public') {
  const name = `${client} ${issuer}`;
  if (!discovered.has(name)) {
    if (!Object.hasOwn(CLIENTS, client)) {
      throw new Error(`unknown client ${client}`);
    }
    const { client_secret } = CLIENTS[client];
    const authentication = client_secret ? openid.ClientSecretBasic(client_secret) : openid.None();
    const config = await openid.discovery(new URL(issuer), client, {}, authentication, {
      // Plain http, on the loopback.
      execute: [openid.allowInsecureRequests],
      timeout: SECONDS,
    });
    discovered.set(name, config);
  }
  return discovered.get(name);
}

// Cookies of one origin, sent back by path.
export class Browser {
  #cookies = new Map();

  async send(url, method = 'GET') {
    const cookie = [...this.#cookies.values()]
      .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(({ pair }) => pair)
      .join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: cookie ? { cookie } : {},
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    response.headers.getSetCookie().forEach((header) => this.#keep(header));
    return response;
  }

  #keep(header) {
    const [pair, ...attributes] = header.split(/;\s*/);
    const attribute = (name) => attributes
      .find((it) => it.toLowerCase().startsWith(`${name}=`))
      ?.slice(name.length + 1);
    const path = attribute('path') ?? '/';
    const name = `${pair.split('=')[0]} ${path}`;
    if (Date.parse(attribute('expires')) <= Date.now()) {
      this.#cookies.delete(name);
    } else {
      this.#cookies.set(name, { path, pair });
    }
  }

  // From the authorization request to the redirect back to the client.
  async authorize(start) {
    let url = start;
    let method = 'GET';
    for (let hop = 0; hop < HOPS; hop += 1) {
      const response = await this.send(url, method);
      const text = await response.text();
      const location = response.headers.get('location');
      if (location) {
        url = new URL(location, url);
        method = 'GET';
        if (url.href.startsWith(REDIRECT_URI)) {
          return url;
        }
      } else if (response.ok && url.pathname.startsWith('/interaction/')) {
        method = 'POST';
      } else {
        throw new Error(`${method} ${url.pathname}: ${response.status} ${text}`);
      }
    }
    throw new Error(`no answer after ${HOPS} redirects`);
  }
}

// The token endpoint's response. Errors of the provider throw what openid-client makes of them,
// with the OAuth code in `error`.
export async function login(issuer, options = {}, browser = new Browser()) {
  const { resource = 'https://api.example', scope = 'openid accounts', client, dpop } = options;
  const { acr_values, max_age } = options;
  const config = await discover(issuer, client);
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const request = {
    redirect_uri: REDIRECT_URI,
    scope,
    resource,
    state,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(acr_values !== undefined && { acr_values }),
    ...(max_age !== undefined && { max_age: String(max_age) }),
  };
  const back = await browser.authorize(openid.buildAuthorizationUrl(config, request));
  const checks = {
    pkceCodeVerifier: verifier,
    expectedState: state,
    // Makes the client hold the ID token's auth_time against it.
    ...(max_age !== undefined && { maxAge: Number(max_age) }),
  };
  const DPoP = dpop ? await dpopHandle(config) : undefined;
  return openid.authorizationCodeGrant(config, back, checks, {}, { DPoP });
}
