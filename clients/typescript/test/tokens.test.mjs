// Which token goes where: narrowest first, to no other origin, and to nobody else's calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStepUpFetch } from 'stepup-client';
import { Api, challenge, level } from './support/api.mjs';

/** An API that demands at each path what is written there, of the login and of these tokens. */
async function demanding(t, demands, refuses = () => false) {
  const api = await new Api((sent, response) => {
    const has = level(sent.authorization);
    return has === 'login' || refuses(has, sent.path)
      ? challenge(response, demands[sent.path])
      : api.run(sent.path, response);
  }).start();
  t.after(() => api.stop());
  return api;
}

/** Grants tokens by number. */
function counting() {
  const asked = [];
  const stepper = async (one) => ({ accessToken: `t${asked.push(one)}` });
  return { asked, stepper };
}

const failure = (promise) => promise.then(() => assert.fail('it worked'), (error) => error);

test('b9 the narrowest of those that suffice is sent', async (t) => {
  const plain = 'acr_values="mfa", max_age=300';
  for (const [first, second, wanted, expected] of [
    [plain, `${plain}, scope="admin"`, 'acr_values="mfa", max_age=600', 't1'],
    [plain, `${plain}, amr_values="hwk pin"`, 'acr_values="mfa", max_age=600', 't1'],
    ['acr_values="mfa phr"', 'acr_values="phr"', 'acr_values="mfa phr other"', 't1'],
    ['max_age=90', 'acr_values="mfa", max_age=90', 'max_age=600', 't1'],
    ['acr_values="mfa", max_age=90', 'acr_values="phr", max_age=60', 'max_age=600', 't1'],
    // In whichever order they came.
    ['scope="a b"', 'scope="c"', 'max_age=600', 't2'],
    ['amr_values="hwk pin"', 'amr_values="otp"', 'max_age=600', 't2'],
    ['acr_values="phr"', 'acr_values="mfa x"', 'acr_values="phr mfa x"', 't2'],
    ['acr_values="a", max_age=60', 'acr_values="b", max_age=90', 'acr_values="a b"', 't2'],
    // Not by age, but by what else they can do.
    ['acr_values="mfa"', 'scope="admin", max_age=600', 'max_age=600', 't1'],
  ]) {
    const api = await demanding(t, { '/x': wanted });
    const { asked, stepper } = counting();
    const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
    await call.stepUp(read(first));
    await call.stepUp(read(second));
    assert.equal(asked.length, 2, second);
    await call(`${api.origin}/x`);
    assert.equal(level(api.requests.at(-1).authorization), expected, wanted);
  }
});

/** A challenge from its parameters. */
function read(text) {
  const one = (name) => new RegExp(`${name}="?([^",]*)`).exec(text)?.[1];
  const words = (name) => one(name)?.split(' ') ?? [];
  const age = one('max_age');
  const lists = { acrValues: words('acr_values'), amrValues: words('amr_values'), scope: words('scope') };
  const maxAge = age === undefined ? null : Number(age);
  return { scheme: 'Bearer', ...lists, maxAge, claims: null, parameters: new Map() };
}

test('b9 a token is got for one of several origins, and sent to no other', async (t) => {
  const demands = { '/x': 'acr_values="mfa"' };
  const [a, b] = [await demanding(t, demands), await demanding(t, demands)];
  const { asked, stepper } = counting();
  const origins = [a.origin, b.origin];
  const call = createStepUpFetch({ origins, getToken: () => 'login', stepper });
  await Promise.all([call(`${a.origin}/x`), call(`${b.origin}/x`)]);
  assert.deepEqual(a.requests.map(({ authorization }) => level(authorization)), ['login', 't1']);
  assert.deepEqual(b.requests.map(({ authorization }) => level(authorization)), ['login', 't2']);
  assert.deepEqual(asked.map(({ origin }) => origin), origins);
});

test('cli_05 one of several origins that asks too often uses up its own share', async (t) => {
  let age = 1;
  const greedy = await new Api((_, response) => challenge(response, `max_age=${age++}`)).start();
  t.after(() => greedy.stop());
  const good = await demanding(t, { '/x': 'acr_values="mfa"' });
  const origins = [greedy.origin, good.origin];
  const call = createStepUpFetch({ origins, getToken: () => 'login', stepper: counting().stepper });
  for (let n = 0; n < 5; n += 1) {
    assert.equal((await failure(call(greedy.origin))).code, 'asked-again');
  }
  const { code, retryAfter } = await failure(call(greedy.origin));
  assert.equal(code, 'too-many');
  assert.ok(retryAfter > 50 && retryAfter <= 60, `${retryAfter}`);
  assert.equal((await call(`${good.origin}/x`)).status, 200);
});

test('a token that is asked for more stays good for what it was got for', async (t) => {
  const levels = { t1: 'mfa', t2: 'notarised' };
  const api = await new Api((sent, response) => {
    const wanted = sent.body === 'big' ? 'notarised' : 'mfa';
    const has = levels[level(sent.authorization)];
    return has === wanted
      ? api.run(sent.path, response)
      : challenge(response, `acr_values="${wanted}"`);
  }).start();
  t.after(() => api.stop());
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
  for (const body of ['small', 'big', 'small', 'big', 'small']) {
    assert.equal((await call(`${api.origin}/pay`, { method: 'POST', body })).status, 200);
  }
  assert.equal(asked.length, 2);
});

test('a token whose login is older than it looks is kept for what asks for no age', async (t) => {
  const demands = { '/any': 'acr_values="mfa"', '/fresh': 'acr_values="mfa", max_age=60' };
  const api = await demanding(t, demands, (has, path) => has === 't1' && path === '/fresh');
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
  for (const path of ['/any', '/fresh', '/any', '/fresh']) {
    assert.equal((await call(api.origin + path)).status, 200);
  }
  assert.equal(asked.length, 2);
  const sent = api.requests.map(({ authorization }) => level(authorization));
  assert.deepEqual(sent, ['login', 't1', 'login', 't1', 't2', 't1', 't2']);
});

test('a kept token that was revoked is no reason to end a call of another route', async (t) => {
  const api = await new Api((sent, response) => {
    const has = level(sent.authorization);
    if (has === 't1' && sent.path === '/b') {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm=https://a/x, error=invalid_token' }).end();
    } else if (has === 'login') {
      challenge(response, 'acr_values="mfa"');
    } else {
      api.run(sent.path, response);
    }
  }).start();
  t.after(() => api.stop());
  const { asked, stepper } = counting();
  const dialects = ['okta'];
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper, dialects });
  assert.equal((await call(`${api.origin}/a`)).status, 200);
  assert.equal((await call(`${api.origin}/b`)).status, 200);
  assert.equal(asked.length, 2);
});

test('why a token is asked for is said though a kept one was refused meanwhile', async (t) => {
  const api = await new Api((sent, response) => {
    const has = level(sent.authorization);
    if (has === 't1' && sent.path === '/b') {
      const headers = { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer error="invalid_token"' };
      response.writeHead(401, headers).end('{"detail":"It was revoked."}');
    } else if (has === 'login') {
      challenge(response, 'acr_values="mfa"', `for ${sent.path}`);
    } else {
      api.run(sent.path, response);
    }
  }).start();
  t.after(() => api.stop());
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
  for (const path of ['/a', '/b']) {
    assert.equal((await call(api.origin + path)).status, 200);
  }
  assert.deepEqual(asked.map(({ reason }) => reason), ['for /a', 'for /b']);
});

test('what is no token is refused, and asked for once', async (t) => {
  const api = await demanding(t, { '/x': 'acr_values="mfa"' });
  for (const given of [
    { accessToken: '' },
    { accessToken: 7 },
    { accessToken: 'x', tokenType: 'N_A' },
    ...[null, Number.NaN, 'abc', -1, 0].map((expiresIn) => ({ accessToken: 'x', expiresIn })),
  ]) {
    const stepper = async () => given;
    const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
    const { code, cause } = await failure(call(`${api.origin}/x`));
    assert.deepEqual([code, cause.constructor], ['failed', TypeError], JSON.stringify(given));
  }
});

test('a step-up ahead of the call', async (t) => {
  const api = await demanding(t, { '/x': 'acr_values="mfa"' });
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
  await call.stepUp(read('acr_values="mfa"'));
  await call.stepUp(read('acr_values="mfa"'));
  assert.equal((await call(`${api.origin}/x`)).status, 200);
  assert.equal(asked.length, 1);
  const elsewhere = { origin: 'https://evil.example' };
  await assert.rejects(call.stepUp(read('acr_values="mfa"'), elsewhere), TypeError);
});

test('b4 a call is sent four times at most', async (t) => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f'];
  let nth = 0;
  const api = await new Api((_, response) => {
    challenge(response, `acr_values="${levels[nth++ % levels.length]}"`);
  }).start();
  t.after(() => api.stop());
  const { stepper } = counting();
  const options = { origins: [api.origin], getToken: () => 'login', stepper, stepUpsPerMinute: 9 };
  const call = createStepUpFetch(options);
  for (const one of levels) {
    await call.stepUp(read(`acr_values="${one}"`));
  }
  assert.equal((await failure(call(api.origin))).code, 'asked-again');
  assert.equal(api.requests.length, 4);
});

/** An API that refuses stepped-up tokens from some time on. */
async function revoking(t) {
  const state = { isRevoked: false };
  state.api = await new Api((sent, response) => {
    const isLogin = level(sent.authorization) === 'login';
    if (!isLogin && state.isRevoked) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    } else if (isLogin) {
      challenge(response, 'acr_values="mfa"');
    } else {
      state.api.run(sent.path, response);
    }
  }).start();
  t.after(() => state.api.stop());
  return state;
}

test('a new token that is refused is the caller\'s to see', async (t) => {
  const state = await revoking(t);
  state.isRevoked = true;
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [state.api.origin], getToken: () => 'login', stepper });
  assert.equal((await call(state.api.origin)).status, 401);
  assert.deepEqual([asked.length, state.api.requests.length], [1, 2]);
});

test('b4 a stream is not sent again for a token that is refused', async (t) => {
  const state = await revoking(t);
  const { asked, stepper } = counting();
  const call = createStepUpFetch({ origins: [state.api.origin], getToken: () => 'login', stepper });
  await call(state.api.origin, { method: 'POST', body: 'pay' });
  state.isRevoked = true;
  const body = new Blob(['pay']).stream();
  assert.equal((await call(state.api.origin, { method: 'POST', body, duplex: 'half' })).status, 401);
  assert.deepEqual([asked.length, state.api.requests.length], [1, 3]);
});

test('after a minute somebody may be asked again', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const options = { origins: ['https://api.example'], getToken: () => 'login', stepUpsPerMinute: 1 };
  const call = createStepUpFetch({ ...options, stepper: counting().stepper });
  await call.stepUp(read('acr_values="a"'));
  t.mock.timers.tick(59_000);
  const { code, retryAfter } = await failure(call.stepUp(read('acr_values="b"')));
  assert.deepEqual([code, retryAfter], ['too-many', 1]);
  t.mock.timers.tick(1_000);
  await call.stepUp(read('acr_values="b"'));
});
