// What others' words come to: sentences for the person, claims for a provider.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedChallenge, createStepUpFetch, readChallenges, readStepUp } from 'stepup-client';
import { Api, level } from './support/api.mjs';

test('b5 only a plain sentence is shown', async (t) => {
  const problem = 'application/problem+json';
  const japanese = '確認してください。'.repeat(9);
  for (const [type, detail, expected, after = ''] of [
    [problem, 'Why not?', 'Why not?'],
    [`${problem}; charset=utf-8`, ' Why not? ', 'Why not?'],
    ['Application/Problem+JSON', 'Why not?', 'Why not?'],
    ['application/problem+jsonx', 'Why not?'],
    ['application/json', 'Why not?'],
    ['text/html', 'Why not?'],
    [problem, 'Go to https://evil.example'],
    [problem, 'Call evil.example/help'],
    [problem, 'Yes and/or no.', 'Yes and/or no.'],
    [problem, '\u001b[2J'],
    [problem, 'two\nlines'],
    [problem, '\u202e?ton yhW'],
    [problem, `You sent ${'eyJ0'.repeat(11)}.`],
    [problem, japanese, japanese],
    [problem, ''],
    [problem, 7],
    [problem, 'x '.repeat(500)],
    [problem, 'Why not?', 'Why not?', ' '.repeat(9_000)],
    [problem, 'Why not?', undefined, ' '.repeat(99_000)],
  ]) {
    const api = await new Api((sent, response) => {
      if (level(sent.authorization) === 'mfa') {
        return api.run('/', response);
      }
      const header = 'Bearer error="insufficient_user_authentication"';
      response.writeHead(401, { 'content-type': type, 'www-authenticate': header });
      return response.end(JSON.stringify({ type: 'https://a.example', detail }) + after);
    }).start();
    t.after(() => api.stop());
    const reasons = [];
    const stepper = async ({ reason }) => {
      reasons.push(reason);
      return { accessToken: 'mfa' };
    };
    const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
    assert.equal((await call(api.origin)).status, 200);
    assert.deepEqual(reasons, [expected], `${type} ${detail}`);
  }
});

test('a header longer than servers send is not read', () => {
  const header = (length) => `Bearer a="${'x'.repeat(length - 11)}"`;
  assert.equal(readChallenges(header(16 * 1024)).length, 1);
  assert.throws(() => readChallenges(header(16 * 1024 + 1)), MalformedChallenge);
});

test('two claims that differ in more than their context are two wishes', () => {
  const claims = (more) =>
    btoa(JSON.stringify({ access_token: { acrs: { value: 'c1' }, ...more } }));
  const one = `Bearer error="insufficient_claims", claims="${claims({})}"`;
  const other = `Bearer error="insufficient_claims", claims="${claims({ xms_cc: {} })}"`;
  assert.equal(readStepUp(`${one}, ${one}`, ['entra']).claims, atob(claims({})));
  assert.throws(() => readStepUp(`${one}, ${other}`, ['entra']), MalformedChallenge);
});

test('scopes and methods are part of what is wished', () => {
  const of = (more) => `Bearer error="insufficient_user_authentication", acr_values="mfa", ${more}`;
  for (const [a, b] of [['scope="a"', 'scope="b"'], ['amr_values="otp"', 'amr_values="hwk"']]) {
    assert.throws(() => readStepUp(`${of(a)}, ${of(b)}`), MalformedChallenge);
    assert.notEqual(readStepUp(`${of(a)}, ${of(a)}`), null);
  }
});

test('only a 401 asks for a step-up, or refuses a token', async (t) => {
  const says = {
    '/ok': [200, 'insufficient_user_authentication'],
    '/forbidden': [403, 'insufficient_user_authentication'],
    '/dead': [403, 'invalid_token'],
  };
  const api = await new Api((sent, response) => {
    const [status, error] = says[sent.path] ?? [401, 'insufficient_user_authentication'];
    const isEnough = says[sent.path] === undefined && level(sent.authorization) === 'mfa';
    const headers = { 'www-authenticate': `Bearer error="${error}"` };
    return isEnough ? api.run('/', response) : response.writeHead(status, headers).end();
  }).start();
  t.after(() => api.stop());
  let asked = 0;
  const stepper = async () => ({ accessToken: 'mfa', expiresIn: 60 + (asked += 1) });
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => 'login', stepper });
  for (const [path, [status]] of Object.entries(says)) {
    assert.equal((await call(api.origin + path)).status, status);
  }
  assert.equal(asked, 0);
  assert.equal(api.requests.length, 3);
  // What a kept token is answered with 403 is no word on the token.
  await call(`${api.origin}/changing`);
  says['/changing'] = [403, 'invalid_token'];
  assert.equal((await call(`${api.origin}/changing`)).status, 403);
  delete says['/changing'];
  assert.equal((await call(`${api.origin}/changing`)).status, 200);
  assert.equal(asked, 1);
});
