// The rules of the fetch, against a server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStepUpFetch } from 'stepup-client';
import { Api, Stepper, byLevel, challenge, level } from './support/api.mjs';

/** An API, a fetch for it, and what happened. */
async function scene(t, { answer = byLevel, grant, ...options } = {}) {
  const api = await new Api(answer).start();
  t.after(() => api.stop());
  const stepper = new Stepper(grant);
  const events = [];
  const fetch = createStepUpFetch({
    getToken: () => 'login',
    stepper: stepper.stepUp,
    origins: [api.origin],
    onEvent: (event) => events.push(event),
    ...options,
  });
  const call = (path, init) => fetch(api.origin + path, init);
  return { api, stepper, events, fetch, call };
}

const post = (body) => ({ method: 'POST', body });

test('a call that needs a step-up is a pause in one call', async (t) => {
  const { api, stepper, events, call } = await scene(t);
  const response = await call('/mfa?q=secret', post('{"amount":1}'));
  assert.deepEqual([response.status, await response.text()], [200, '{"amount":1}']);
  assert.equal(api.ran['/mfa'], 1);
  const [asked] = stepper.asked;
  assert.deepEqual(asked.challenge.acrValues, ['mfa', 'phr']);
  assert.equal(asked.reason, 'for mfa');
  assert.deepEqual(stepper.tokens, ['login']);
  const told = events.map(({ type, url }) => (url === undefined ? type : `${type} ${url}`));
  const url = `${api.origin}/mfa`;
  assert.deepEqual(told, [`challenged ${url}`, 'step-up-begun', 'step-up-done', `repeated ${url}`]);
});

test('b4 one retry, with the same bytes and the same idempotency key', async (t) => {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(70_000).fill(7)]), 'seven');
  const bodies = ['text', new Uint8Array([1, 2, 3]), new Blob(['b']), new URLSearchParams('a=b')];
  for (const body of [...bodies, form]) {
    const { api, call } = await scene(t);
    await call('/mfa', { ...post(body), headers: { 'idempotency-key': 'k-1' } });
    const [first, second, ...more] = api.requests;
    assert.deepEqual(more, []);
    for (const same of ['content-type', 'idempotency-key', 'content-length']) {
      assert.equal(second.headers[same], first.headers[same]);
    }
    assert.ok(first.body.length > (body === form ? 70_000 : 0));
    assert.equal(second.body, first.body);
  }
});

test('b4 a server that always challenges ends the call after two requests', async (t) => {
  const always = (_, response) => challenge(response, 'acr_values="mfa", max_age=60');
  const { api, stepper, call } = await scene(t, { answer: always });
  const failed = await call('/x', post('pay')).catch((error) => error);
  assert.equal(failed.code, 'asked-again');
  assert.deepEqual(failed.challenge.acrValues, ['mfa']);
  assert.equal(failed.tried.maxAge, 60);
  assert.deepEqual([api.requests.length, stepper.asked.length], [2, 1]);
});

test('b4 a request whose body is a stream is sent once', async (t) => {
  const { api, stepper, call } = await scene(t);
  const body = new Blob(['pay']).stream();
  const failed = await call('/mfa', { ...post(body), duplex: 'half' }).catch((error) => error);
  assert.equal(failed.code, 'not-replayable');
  assert.deepEqual(failed.challenge.acrValues, ['mfa', 'phr']);
  assert.deepEqual([api.requests.length, stepper.asked.length], [1, 0]);
  async function* pieces() {
    yield new TextEncoder().encode('pay');
  }
  const again = await call('/mfa', { ...post(pieces()), duplex: 'half' }).catch((error) => error);
  assert.equal(again.code, 'not-replayable');
  // A stream that is not refused arrives as it is.
  const open = await call('/open', { ...post(new Blob(['pay']).stream()), duplex: 'half' });
  assert.equal(await open.text(), 'pay');
});

test('b4 what is sent is what it was at the call', async (t) => {
  const text = 'amount=1';
  const bytes = () => new TextEncoder().encode(`x${text}`);
  const bodies = [
    [() => new URLSearchParams(text), (body) => body.set('amount', '1000')],
    [() => bytes().subarray(1), (body) => body.fill(48)],
    [() => bytes().slice(1).buffer, (body) => new Uint8Array(body).fill(48)],
    [() => new DataView(bytes().buffer, 1), (body) => body.setUint8(7, 48)],
    [() => text, () => {}],
  ];
  for (const [body, change] of bodies) {
    const init = { ...post(body()), headers: { 'x-for': 'bob' }, referrer: '', keepalive: true };
    const grant = () => {
      Object.assign(init, { method: 'DELETE', headers: { 'x-for': 'mallory' }, body: 'amount=9' });
      return { accessToken: 'mfa' };
    };
    const { api, call } = await scene(t, { grant });
    const paid = call('/mfa', init);
    change(init.body);
    assert.equal(await (await paid).text(), text);
    const [first, second] = api.requests.map(({ method, body, headers }) => {
      const { authorization, ...others } = headers;
      return { method, body, others };
    });
    assert.deepEqual(second, first);
    assert.deepEqual([first.method, first.body, first.others['x-for']], ['POST', text, 'bob']);
  }
});

test('b4 a stream that was not sent twice gets through after a step-up', async (t) => {
  const { api, stepper, fetch, call } = await scene(t);
  const upload = () => call('/mfa', { ...post(new Blob(['pay']).stream()), duplex: 'half' });
  const failed = await upload().catch((error) => error);
  assert.equal(failed.code, 'not-replayable');
  await fetch.stepUp(failed.challenge);
  assert.equal(await (await upload()).text(), 'pay');
  assert.deepEqual([api.requests.length, stepper.asked.length], [2, 1]);
});

test('who gives up while the reason is read has nobody asked', async (t) => {
  const answer = (_, response) => {
    const error = 'Bearer error="insufficient_user_authentication", acr_values="mfa"';
    const type = 'application/problem+json';
    response.writeHead(401, { 'www-authenticate': error, 'content-type': type }).write('{');
  };
  const { api, stepper, fetch, call } = await scene(t, { answer });
  const abort = new AbortController();
  const failed = call('/x', { ...post('pay'), signal: abort.signal }).catch((error) => error);
  while (api.requests.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const since = performance.now();
  setTimeout(() => abort.abort(), 50);
  assert.equal((await failed).name, 'AbortError');
  assert.ok(performance.now() - since < 1000, `${performance.now() - since} ms`);
  const demand = { acrValues: ['mfa'], maxAge: null, amrValues: [], scope: [], claims: null };
  for (let times = 0; times < 6; times += 1) {
    const ahead = fetch.stepUp(demand, { signal: AbortSignal.abort() }).catch((error) => error);
    assert.equal((await ahead).name, 'AbortError');
  }
  assert.equal(stepper.asked.length, 0);
});

test('b4 a Request that was given whole is sent again whole', async (t) => {
  const { api, fetch } = await scene(t);
  const request = new Request(`${api.origin}/mfa`, post('pay'));
  assert.equal(await (await fetch(request)).text(), 'pay');
  assert.deepEqual(api.requests.map(({ body }) => body), ['pay', 'pay']);
});

test('b5 a challenge of another origin is not heeded, and gets no token', async (t) => {
  const { stepper, fetch, call } = await scene(t);
  const asks = (_, response) => challenge(response, 'acr_values="mfa"');
  const evil = await new Api(asks).start();
  t.after(() => evil.stop());
  await call('/mfa');
  assert.equal((await fetch(`${evil.origin}/x`)).status, 401);
  assert.equal(evil.requests[0].authorization, undefined);
  assert.equal(stepper.asked.length, 1);
});

test('b5 addresses in a challenge are not followed', async (t) => {
  const lures = await new Api((_, response) => response.end()).start();
  t.after(() => lures.stop());
  const names = ['authorization_uri', 'resource_metadata', 'authority', 'error_uri'];
  const lured = names.map((name) => `${name}="${lures.origin}"`).join(', ');
  const answer = (sent, response, api) =>
    level(sent.authorization) === 'mfa'
      ? api.run('/', response)
      : challenge(response, `acr_values="mfa", ${lured}`, lures.origin);
  const { call } = await scene(t, { answer });
  assert.equal((await call('/')).status, 200);
  assert.equal(lures.requests.length, 0);
});

test('b8 fifty calls at once are one prompt, and each handler runs once', async (t) => {
  const { api, stepper, call } = await scene(t);
  const paths = Array.from({ length: 50 }, (_, n) => `/mfa/${n}`);
  const responses = await Promise.all(paths.map((path) => call(path, post(path))));
  assert.deepEqual(await Promise.all(responses.map((response) => response.text())), paths);
  assert.equal(stepper.asked.length, 1);
  assert.deepEqual(api.ran, Object.fromEntries(paths.map((path) => [path, 1])));
  assert.equal(api.requests.length, 100);
});

test('b8 fifty calls of which ten need more are two prompts at most', async (t) => {
  const { api, stepper, call } = await scene(t);
  const paths = Array.from({ length: 50 }, (_, n) => `/${n % 5 === 0 ? 'phr' : 'mfa'}/${n}`);
  const responses = await Promise.all(paths.map((path) => call(path)));
  assert.ok(responses.every(({ status }) => status === 200));
  assert.ok(stepper.asked.length <= 2, `${stepper.asked.length} prompts`);
  assert.deepEqual(new Set(Object.values(api.ran)), new Set([1]));
  assert.equal(Object.keys(api.ran).length, 50);
});

test('b8 a person is asked one question at a time', async (t) => {
  let open = 0;
  let most = 0;
  const grant = async ({ challenge: { acrValues } }) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open -= 1;
    return { accessToken: acrValues[0] };
  };
  const { call } = await scene(t, { grant });
  await Promise.all([call('/mfa'), call('/phr'), call('/mfa/2'), call('/phr/2')]);
  assert.equal(most, 1);
});

test('b8 who is showing more is not asked for less meanwhile', async (t) => {
  let challenged = 0;
  let go;
  const both = new Promise((resolve) => (go = resolve));
  const onEvent = ({ type }) => type === 'challenged' && ++challenged === 2 && go();
  const grant = async ({ challenge: { acrValues } }) => {
    await both;
    return { accessToken: acrValues[0] };
  };
  const { stepper, call } = await scene(t, { grant, onEvent });
  const first = call('/phr');
  while (stepper.asked.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const responses = await Promise.all([first, call('/mfa')]);
  assert.deepEqual(responses.map(({ status }) => status), [200, 200]);
  assert.equal(stepper.asked.length, 1);
});

test('b8 who says no is not asked again by calls that were on their way', async (t) => {
  const late = async (sent, response, api) => {
    const wait = sent.path === '/mfa/late' ? 150 : 0;
    await new Promise((resolve) => setTimeout(resolve, wait));
    byLevel(sent, response, api);
  };
  const grant = () => {
    throw new Error('no');
  };
  const { stepper, call } = await scene(t, { answer: late, grant });
  const calls = ['/mfa', '/mfa/1', '/mfa/late'].map((path) => call(path));
  const ended = await Promise.allSettled(calls);
  assert.deepEqual(ended.map(({ reason }) => reason?.code), ['failed', 'failed', 'failed']);
  assert.equal(stepper.asked.length, 1);
  // A new click is a new question.
  await assert.rejects(call('/mfa'));
  assert.equal(stepper.asked.length, 2);
});

test('b9 a stepped-up token is kept for what asked for it, and for nothing else', async (t) => {
  const { api, stepper, call } = await scene(t);
  await call('/mfa');
  await call('/open');
  await call('/mfa');
  const sent = api.requests.map(({ path, authorization }) => `${path} ${level(authorization)}`);
  assert.deepEqual(sent, ['/mfa login', '/mfa mfa', '/open login', '/mfa mfa']);
  assert.equal(stepper.asked.length, 1);
});

test('b9 the narrowest token that suffices is sent', async (t) => {
  const { api, stepper, call } = await scene(t);
  for (const path of ['/phr', '/mfa', '/phr/2', '/mfa/2', '/mfa']) {
    assert.equal((await call(path)).status, 200);
  }
  const [last] = api.requests.slice(-1);
  // Whoever has shown more is not asked for less.
  assert.equal(level(last.authorization), 'phr');
  assert.equal(stepper.asked.length, 1);
  const other = await scene(t);
  for (const path of ['/mfa', '/phr', '/mfa/2']) {
    await other.call(path);
  }
  assert.equal(level(other.api.requests.at(-1).authorization), 'mfa');
});

test('b9 a redirect to another origin drops the token', async (t) => {
  const elsewhere = await new Api((_, response) => response.end('there')).start();
  t.after(() => elsewhere.stop());
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = (sent, response, api) =>
      level(sent.authorization) === 'mfa'
        ? response.writeHead(status, { location: elsewhere.origin }).end()
        : byLevel(sent, response, api);
    const { call } = await scene(t, { answer });
    const response = await call('/mfa', post('pay'));
    assert.equal(await response.text(), 'there');
    const { authorization } = elsewhere.requests.pop();
    assert.equal(authorization, undefined, `${status}`);
  }
});

test('b9 a challenge behind a redirect to another origin is not heeded', async (t) => {
  const asks = (_, response) => challenge(response, 'acr_values="mfa"');
  const evil = await new Api(asks).start();
  t.after(() => evil.stop());
  const answer = (_, response) => response.writeHead(307, { location: evil.origin }).end();
  const { stepper, call } = await scene(t, { answer });
  assert.equal((await call('/x')).status, 401);
  assert.equal(stepper.asked.length, 0);
});

test('b9 what was redirected is sent again only where that does nothing twice', async (t) => {
  const answer = (sent, response, api) => {
    if (sent.path === '/mfa') {
      return byLevel(sent, response, api);
    }
    api.ran[sent.method] = (api.ran[sent.method] ?? 0) + 1;
    return response.writeHead(303, { location: '/mfa' }).end();
  };
  const { api, stepper, call } = await scene(t, { answer });
  const failed = await call('/pay', post('pay')).catch((error) => error);
  assert.equal(failed.code, 'not-replayable');
  assert.deepEqual([api.ran.POST, stepper.asked.length], [1, 0]);
  assert.equal((await call('/pay')).status, 200);
});

test('b10 nothing that is told or thrown has a token in it', async (t) => {
  const secrets = ['tok-login-1', 'tok-stepped-2'];
  const printed = [];
  for (const name of ['log', 'debug', 'info', 'warn', 'error']) {
    t.mock.method(console, name, (...args) => printed.push(args));
  }
  const { inspect } = await import('node:util');
  const deep = (value) => inspect(value, { depth: 20, showHidden: true });
  const always = (_, response) => challenge(response, 'acr_values="mfa"');
  const grant = () => ({ accessToken: secrets[1] });
  const { events, fetch, call } = await scene(t, { answer: always, grant, getToken: () => secrets[0] });
  const failed = await call('/x').catch((error) => error);
  assert.equal(failed.code, 'asked-again');
  for (const text of [deep(failed), failed.stack, JSON.stringify(failed), deep(events), deep(fetch)]) {
    assert.ok(!secrets.some((secret) => text.includes(secret)), text);
  }
  assert.deepEqual(printed, []);
});
