// An OpenID Provider on a free port of 127.0.0.1, controlled over stdin (see README.md). Its keys
// and its JWKS endpoint can be made to misbehave; everything else is oidc-provider.

import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

import { USERS, configuration, loginFor } from './configuration.mjs';
import { ALGORITHMS, Keys } from './keys.mjs';

const JWKS_MODES = ['ok', '500', 'hang'];

// Notices of oidc-provider would stand between the answers.
console.info = console.error;

const server = createServer((req, res) => {
  answer(req, res).catch((error) => {
    console.error(error);
    if (!res.headersSent) {
      res.writeHead(error.statusCode ?? 500);
    }
    res.end();
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const issuer = `http://127.0.0.1:${server.address().port}`;
const settings = configuration();
const keys = await Keys.generate();
const state = { age: 0, denies: false, jwks: 'ok', jwks_requests: 0, user: 'alice' };
let provider = build();

// A running provider cannot change its keys. A second one with the same settings, and so the same
// store, takes over; requests that are being answered end at the first.
function build() {
  const next = new Provider(issuer, { ...settings, jwks: keys.jwks() });
  next.on('server_error', (_, error) => console.error(error));
  return next;
}

async function answer(req, res) {
  const path = req.url.split('?')[0];
  if (path.startsWith('/interaction/')) {
    await interact(req, res);
    return;
  }
  if (path === '/jwks') {
    state.jwks_requests += 1;
    if (state.jwks === '500') {
      res.writeHead(500).end();
    }
    if (state.jwks !== 'ok') {
      return;
    }
  }
  await provider.callback()(req, res);
}

// The page where the user logs in. GET shows it, POST logs in: a program needs no more than the
// cookies it was given.
async function interact(req, res) {
  const { params } = await provider.interactionDetails(req, res);
  if (req.method !== 'POST') {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    res.end('<!doctype html><title>Log in</title><form method="post"><button>Log in</button></form>');
    return;
  }
  const result = loginFor(params, state);
  if (result.login) {
    state.age = 0;
  }
  state.denies = false;
  await provider.interactionFinished(req, res, result);
}

const controls = {
  age(seconds) {
    if (!Number.isSafeInteger(seconds)) {
      throw new Error('age is a whole number of seconds');
    }
    state.age = seconds;
  },
  denies(next) {
    state.denies = next === true;
  },
  user(name) {
    if (!USERS.includes(name)) {
      throw new Error(`user is one of ${USERS.join(', ')}`);
    }
    state.user = name;
  },
  async rotate(alg) {
    if (!ALGORITHMS.includes(alg)) {
      throw new Error(`rotate is one of ${ALGORITHMS.join(', ')}`);
    }
    await keys.rotate(alg);
    provider = build();
  },
  drop(which) {
    if (which !== 'old') {
      throw new Error('drop is old');
    }
    keys.dropOld();
    provider = build();
  },
  jwks(mode) {
    if (!JWKS_MODES.includes(mode)) {
      throw new Error(`jwks is one of ${JWKS_MODES.join(', ')}`);
    }
    state.jwks = mode;
  },
};

async function control(line) {
  try {
    for (const [name, value] of Object.entries(JSON.parse(line))) {
      if (!Object.hasOwn(controls, name)) {
        throw new Error(`unknown control ${name}`);
      }
      await controls[name](value);
    }
    return { issuer, ...state, kids: keys.kids() };
  } catch (error) {
    return { error: error.message };
  }
}

const say = (value) => console.log(JSON.stringify(value));

say(await control('{}'));
for await (const line of createInterface({ input: process.stdin })) {
  say(await control(line));
}
server.close();
server.closeAllConnections();
