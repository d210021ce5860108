// A client over stdin and stdout, one JSON line each (see README.md): node client.mjs ISSUER

import { createInterface } from 'node:readline';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

import { Browser, discover, dpopHandle, dpopKeyPair, login } from './login.mjs';

const SECONDS = 10;
const issuer = process.argv[2];
const browsers = new Map();

function browser(name) {
  if (name === undefined) {
    return new Browser();
  }
  if (!browsers.has(name)) {
    browsers.set(name, new Browser());
  }
  return browsers.get(name);
}

async function refresh({ refresh_token, client, dpop, ...parameters }) {
  const config = await discover(issuer, client);
  const DPoP = dpop ? await dpopHandle(config) : undefined;
  return openid.refreshTokenGrant(config, refresh_token, parameters, { DPoP });
}

async function clientCredentials({ resource = 'https://api.example', dpop, ...parameters }) {
  const config = await discover(issuer, 'confidential');
  const DPoP = dpop ? await dpopHandle(config) : undefined;
  return openid.clientCredentialsGrant(config, { resource, ...parameters }, { DPoP });
}

// Each sends the request the way its users do.
const senders = {
  async oauth4webapi({ url, method, access_token, headers, body, dpop }) {
    const options = {
      [oauth.allowInsecureRequests]: true,
      signal: AbortSignal.timeout(SECONDS * 1000),
      ...(dpop && { DPoP: oauth.DPoP({ client_id: 'public' }, await dpopKeyPair()) }),
    };
    return oauth.protectedResourceRequest(access_token, method, url, headers, body, options);
  },

  async 'openid-client'({ url, method, access_token, headers, body, dpop }) {
    // The call needs nothing of the provider: not even that it is there.
    const config = new openid.Configuration({ issuer }, 'public');
    openid.allowInsecureRequests(config);
    config.timeout = SECONDS;
    const DPoP = dpop ? await dpopHandle(config) : undefined;
    return openid.fetchProtectedResource(config, access_token, url, method, body, headers, { DPoP });
  },

  async fetch({ url, method, access_token, headers, body, dpop }) {
    if (dpop) {
      throw new Error('fetch makes no DPoP proofs');
    }
    if (access_token !== undefined) {
      headers.set('authorization', `Bearer ${access_token}`);
    }
    return fetch(url, { method, headers, body, signal: AbortSignal.timeout(SECONDS * 1000) });
  },
};

async function call({ url, method = 'GET', headers, with: library = 'fetch', ...rest }) {
  if (!Object.hasOwn(senders, library)) {
    throw new Error(`unknown library ${library}`);
  }
  const request = { ...rest, url: new URL(url), method, headers: new Headers(headers) };
  try {
    return await received(await senders[library](request));
  } catch (error) {
    if (!(error instanceof oauth.WWWAuthenticateChallengeError)) {
      throw error;
    }
    return { ...(await received(error.response)), challenges: error.cause };
  }
}

async function received(response) {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

// What the provider sends the browser back with.
async function authorize({ url, browser: name }) {
  const back = await browser(name).authorize(new URL(url));
  return Object.fromEntries(back.searchParams);
}

// With the names that a command may carry: a misspelt one would be a test of something else.
const commands = {
  login: {
    run: ({ browser: name, ...options }) => login(issuer, options, browser(name)),
    takes: ['resource', 'scope', 'acr_values', 'max_age', 'client', 'dpop', 'browser'],
  },
  authorize: { run: authorize, takes: ['url', 'browser'] },
  refresh: { run: refresh, takes: ['refresh_token', 'client', 'resource', 'scope', 'dpop'] },
  client_credentials: { run: clientCredentials, takes: ['resource', 'scope', 'dpop'] },
  call: {
    run: call,
    takes: ['url', 'method', 'access_token', 'headers', 'body', 'with', 'dpop'],
  },
};

async function answer(line) {
  const entries = Object.entries(JSON.parse(line));
  if (entries.length !== 1 || !Object.hasOwn(commands, entries[0][0])) {
    throw new Error(`a line is one of ${Object.keys(commands).join(', ')}`);
  }
  const [[name, options]] = entries;
  const { run, takes } = commands[name];
  const unknown = Object.keys(options).filter((key) => !takes.includes(key));
  if (unknown.length > 0) {
    throw new Error(`${name} takes no ${unknown.join(', ')}`);
  }
  return run(options);
}

// The OAuth code where the provider sent one, the library's code or the error's name elsewhere.
function failure({ error, code, name, error_description, message, cause }) {
  const description = cause?.message ? `${message}: ${cause.message}` : message;
  return { error: error ?? code ?? name, error_description: error_description ?? description };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(line).catch(failure)));
}
