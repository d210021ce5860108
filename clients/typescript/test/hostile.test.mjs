// Servers and people that do not do as they should: the right error, in bounded time and requests.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StepUpError, createStepUpFetch } from 'stepup-client';
import { Api, Stepper, byLevel, challenge, level } from './support/api.mjs';

async function scene(t, { answer = byLevel, grant, stepper = new Stepper(grant), ...options } = {}) {
  const api = await new Api(answer).start();
  t.after(() => api.stop());
  const stepUp = typeof stepper === 'function' ? stepper : stepper.stepUp;
  const getToken = () => 'login';
  const fetch = createStepUpFetch({ getToken, stepper: stepUp, origins: [api.origin], ...options });
  return { api, stepper, fetch, call: (path, init) => fetch(api.origin + path, init) };
}

const failure = (promise) => promise.then(() => assert.fail('it worked'), (error) => error);

test('one that grants too little', async (t) => {
  const { api, stepper, call } = await scene(t, { grant: () => ({ accessToken: 'mfa' }) });
  const { code, challenge, tried } = await failure(call('/phr'));
  assert.deepEqual([code, challenge.acrValues, tried.acrValues], ['asked-again', ['phr'], ['phr']]);
  assert.deepEqual([api.requests.length, stepper.asked.length], [2, 1]);
  // What did not suffice is not kept.
  await failure(call('/phr'));
  assert.deepEqual(api.requests.map(({ authorization }) => level(authorization)), ['login', 'mfa', 'login', 'mfa']);
});

test('one that lies about max_age', async (t) => {
  let asked = 1000;
  const answer = (_, response) => challenge(response, `max_age=${asked--}`);
  const { api, stepper, call } = await scene(t, { answer, grant: () => ({ accessToken: 'mfa' }) });
  const { code, challenge: last, tried } = await failure(call('/x'));
  assert.deepEqual([code, last.maxAge, tried.maxAge], ['asked-again', 999, 1000]);
  assert.deepEqual([api.requests.length, stepper.asked.length], [2, 1]);
});

test('one that demands something else each time', async (t) => {
  let demanded = 0;
  const answer = (_, response) => challenge(response, `acr_values="a${demanded++}"`);
  const { api, stepper, call } = await scene(t, { answer, grant: () => ({ accessToken: 'mfa' }) });
  const calls = await Promise.all(Array.from({ length: 50 }, (_, n) => failure(call(`/${n}`))));
  const codes = new Set(calls.map(({ code }) => code));
  assert.deepEqual(codes, new Set(['asked-again', 'too-many']));
  assert.ok(stepper.asked.length <= 5, `${stepper.asked.length} prompts`);
  assert.ok(api.requests.length <= 55, `${api.requests.length} requests`);
});

test('one that sends a hundred challenges', async (t) => {
  const answer = (_, response) => {
    const one = (n) => `Bearer error="insufficient_user_authentication", acr_values="a${n}"`;
    const lines = Array.from({ length: 100 }, (_, n) => one(n));
    response.writeHead(401, { 'www-authenticate': lines }).end();
  };
  const events = [];
  const onEvent = ({ type, method, url }) => events.push([type, method, url]);
  const { api, stepper, call } = await scene(t, { answer, onEvent });
  // It cannot be told what is wanted, so nobody is asked.
  const { code, cause } = await failure(call('/x'));
  assert.deepEqual([code, cause.name], ['malformed', 'MalformedChallenge']);
  assert.deepEqual(events, [['malformed', 'GET', `${api.origin}/x`]]);
  assert.match(cause.message, /two different step-ups/);
  assert.deepEqual([api.requests.length, stepper.asked.length], [1, 0]);
});

test('one that always challenges fifty calls', async (t) => {
  const answer = (_, response) => challenge(response, 'acr_values="mfa"');
  const { api, stepper, call } = await scene(t, { answer });
  const calls = await Promise.all(Array.from({ length: 50 }, (_, n) => failure(call(`/${n}`))));
  assert.deepEqual(new Set(calls.map(({ code }) => code)), new Set(['asked-again']));
  assert.equal(stepper.asked.length, 1);
  assert.ok(api.requests.length <= 100, `${api.requests.length} requests`);
});

test('one that asks too often', async (t) => {
  const answer = (_, response) => challenge(response, 'acr_values="mfa"');
  const { stepper, call } = await scene(t, { answer, stepUpsPerMinute: 3 });
  const codes = [];
  for (let n = 0; n < 5; n += 1) {
    codes.push((await failure(call('/x'))).code);
  }
  assert.deepEqual(codes, ['asked-again', 'asked-again', 'asked-again', 'too-many', 'too-many']);
  assert.equal(stepper.asked.length, 3);
});

test('one whose explanation never ends', { timeout: 10_000 }, async (t) => {
  for (const [piece, isEnded] of [[' '.repeat(300_000), true], [' '.repeat(40_000)], ['']]) {
    const answer = (sent, response, api) => {
      if (level(sent.authorization) === 'mfa') {
        return api.run('/', response);
      }
      const type = 'application/problem+json';
      const header = 'Bearer error="insufficient_user_authentication", acr_values="mfa"';
      response.writeHead(401, { 'content-type': type, 'www-authenticate': header });
      response.write(`{"detail":"x${piece}`);
      return isEnded && response.end('"}');
    };
    const { stepper, call } = await scene(t, { answer });
    assert.equal((await call('/x')).status, 200);
    assert.equal(stepper.asked[0].reason, undefined);
  }
});

test('a token that is refused is forgotten, and the login tried once', async (t) => {
  let isRevoked = false;
  const answer = (sent, response, api) => {
    const isRefused = isRevoked && level(sent.authorization) === 'mfa';
    return byLevel(isRefused ? { ...sent, authorization: 'Bearer gone' } : sent, response, api);
  };
  const grant = (_, times) => ({ accessToken: times === 1 ? 'mfa' : 'phr' });
  const { api, stepper, call } = await scene(t, { answer, grant });
  await call('/mfa');
  isRevoked = true;
  api.requests.length = 0;
  assert.equal((await call('/mfa')).status, 200);
  assert.deepEqual(api.requests.map(({ authorization }) => level(authorization)), ['mfa', 'login', 'phr']);
  assert.equal(stepper.asked.length, 2);
});

test('a token that is refused behind a redirect is no reason to send a call again', async (t) => {
  let ran = 0;
  let isMoved = false;
  const answer = (sent, response, api) => {
    if (sent.path === '/after') {
      return response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    }
    if (!isMoved || level(sent.authorization) !== 'mfa') {
      return byLevel(sent, response, api);
    }
    ran += 1;
    return response.writeHead(303, { location: '/after' }).end();
  };
  const { call } = await scene(t, { answer });
  await call('/mfa', { method: 'POST', body: 'pay' });
  isMoved = true;
  assert.equal((await call('/mfa', { method: 'POST', body: 'pay' })).status, 401);
  assert.equal(ran, 1);
});

test('a login that is refused is the application\'s own concern', async (t) => {
  const { api, stepper, call } = await scene(t, { getToken: () => 'expired' });
  assert.equal((await call('/mfa')).status, 401);
  assert.deepEqual([api.requests.length, stepper.asked.length], [1, 0]);
});

test('a refreshed login is no step-up', async (t) => {
  let refreshed = 0;
  const getToken = () => `login-${++refreshed}`;
  const { api, stepper, call } = await scene(t, { getToken, session: () => 'alice' });
  assert.equal((await call('/mfa')).status, 200);
  assert.equal((await call('/mfa')).status, 200);
  const sent = api.requests.map(({ authorization }) => level(authorization));
  assert.deepEqual(sent, ['login', 'mfa', 'mfa']);
  assert.equal(stepper.asked.length, 1);
});

test('a token is kept as long as it is good', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const grant = () => ({ accessToken: 'mfa', expiresIn: 60 });
  const { api, stepper, call } = await scene(t, { grant });
  await call('/mfa');
  t.mock.timers.tick(59_000);
  await call('/mfa');
  assert.equal(stepper.asked.length, 1);
  t.mock.timers.tick(1_000);
  api.requests.length = 0;
  await call('/mfa');
  assert.deepEqual(api.requests.map(({ authorization }) => level(authorization)), ['login', 'mfa']);
  assert.equal(stepper.asked.length, 2);
});

test('a token is sent where no more is demanded than it was asked for', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const demands = {
    '/first': 'acr_values="mfa phr"',
    '/wider': 'acr_values="mfa phr other"',
    '/old': 'acr_values="mfa phr", max_age=60',
    '/methods': 'acr_values="mfa phr", amr_values="hwk"',
    '/scope': 'acr_values="mfa phr", scope="pay"',
  };
  const answer = ({ path, authorization }, response, api) =>
    level(authorization) === 'login'
      ? challenge(response, demands[path])
      : api.run(path, response);
  const { stepper, call } = await scene(t, { answer });
  await call('/first');
  t.mock.timers.tick(59_000);
  for (const [path, prompts] of [['/wider', 1], ['/old', 1], ['/methods', 2], ['/scope', 3]]) {
    assert.equal((await call(path)).status, 200);
    assert.equal(stepper.asked.length, prompts, path);
  }
  t.mock.timers.tick(60_000);
  await call('/old');
  assert.equal(stepper.asked.length, 4);
});

test('after a logout nothing is left, and nobody else is asked', async (t) => {
  let login = 'login';
  const stepper = new Stepper();
  const { api, fetch, call } = await scene(t, { stepper, getToken: () => login });
  await call('/mfa');
  login = null;
  assert.equal((await call('/mfa')).status, 401);
  assert.equal(api.requests.at(-1).authorization, undefined);
  login = 'login';
  await call('/mfa');
  assert.equal(stepper.asked.length, 2);
  fetch.forget();
  await call('/mfa');
  assert.equal(stepper.asked.length, 3);
});

test('a logout ends a step-up that is on its way', async (t) => {
  const endless = ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { fetch, call } = await scene(t, { stepper: endless });
  const calls = [failure(call('/mfa')), failure(call('/phr'))];
  await new Promise((resolve) => setTimeout(resolve, 100));
  fetch.forget();
  const codes = (await Promise.all(calls)).map(({ code }) => code);
  assert.deepEqual(codes, ['logged-out', 'logged-out']);
});

test('a caller who gives up leaves the others waiting', async (t) => {
  let finish;
  let ended;
  const slow = ({ signal }) => {
    signal.addEventListener('abort', () => (ended = signal.reason));
    return new Promise((resolve) => (finish = resolve));
  };
  const { call } = await scene(t, { stepper: slow });
  const impatient = new AbortController();
  const calls = [failure(call('/mfa', { signal: impatient.signal })), call('/mfa/2')];
  await new Promise((resolve) => setTimeout(resolve, 100));
  impatient.abort();
  assert.equal((await calls[0]).name, 'AbortError');
  assert.equal(ended, undefined);
  finish({ accessToken: 'mfa' });
  assert.equal((await calls[1]).status, 200);
});

test('when all have given up the person is let go, and asked anew later', async (t) => {
  const signals = [];
  const stuck = ({ signal }) => {
    signals.push(signal);
    return signals.length === 1 ? new Promise(() => {}) : { accessToken: 'mfa' };
  };
  const { call } = await scene(t, { stepper: async (asked) => stuck(asked) });
  const impatient = new AbortController();
  const given = failure(call('/mfa', { signal: impatient.signal }));
  await new Promise((resolve) => setTimeout(resolve, 100));
  impatient.abort();
  await given;
  assert.ok(signals[0].aborted);
  assert.equal((await call('/mfa')).status, 200);
});

test('nobody has longer than there is time', { timeout: 5000 }, async (t) => {
  const { call } = await scene(t, { stepper: () => new Promise(() => {}), stepUpSeconds: 0.1 });
  const both = await Promise.all([failure(call('/mfa')), failure(call('/mfa/2'))]);
  assert.deepEqual(both.map(({ code }) => code), ['timed-out', 'timed-out']);
});

test('what a stepper throws is the cause of a typed error', async (t) => {
  const cause = new TypeError('odd');
  const { call } = await scene(t, { stepper: () => Promise.reject(cause) });
  const error = await failure(call('/mfa'));
  assert.ok(error instanceof StepUpError);
  assert.deepEqual([error.code, error.cause, error.challenge.acrValues], ['failed', cause, ['mfa', 'phr']]);
});

test('a caller\'s own credentials are left alone', async (t) => {
  const { api, stepper, call } = await scene(t);
  const headers = { authorization: 'Bearer login' };
  assert.equal((await call('/mfa', { headers })).status, 401);
  assert.deepEqual([api.requests.length, stepper.asked.length], [1, 0]);
});

test('origins are given as origins, and have to be where there is no page', () => {
  const stepper = new Stepper().stepUp;
  const create = (origins) => () => createStepUpFetch({ getToken: () => '', stepper, ...origins });
  assert.throws(create({}), /origins: "" is no address/);
  // Tokens pass no open network.
  const open = ['http://api.example', 'ftp://api.example', 'http://localhost.example'];
  for (const origin of ['api.example', 'data:,x', '*', 'null', ...open]) {
    assert.throws(create({ origins: [origin] }), TypeError);
  }
  create({ origins: ['https://api.example', 'https://api.example/v1', 'http://[::1]:8080'] })();
});

test('numbers that nobody can count to, and no origin at all', () => {
  const stepper = async () => ({ accessToken: 'mfa' });
  const usual = { origins: ['https://api.example'], getToken: () => 'login', stepper };
  for (const [option, values] of Object.entries({
    stepUpSeconds: [Infinity, Number.NaN, 3e6, 0, -1],
    stepUpsPerMinute: [0, Number.NaN, -1],
    origins: [[], ['http://api.localhost'], ['https://user:secret@api.example']],
  })) {
    for (const value of values) {
      const begin = new RegExp(`^TypeError: ${option}: (?!.*secret)`);
      assert.throws(() => createStepUpFetch({ ...usual, [option]: value }), begin);
    }
  }
});

test('another of the origins has nobody asked for the one that was called', async (t) => {
  const other = await new Api((_, response) => challenge(response, 'acr_values="mfa"')).start();
  t.after(() => other.stop());
  const answer = (_, response) => response.writeHead(302, { location: `${other.origin}/y` }).end();
  const { api, stepper } = await scene(t, { answer });
  const both = createStepUpFetch({
    origins: [api.origin, other.origin],
    getToken: () => 'login',
    stepper: stepper.stepUp,
  });
  assert.equal((await both(`${api.origin}/x`)).status, 401);
  assert.deepEqual([api.requests.length, other.requests.length, stepper.asked.length], [1, 1, 0]);
});
