// What is around a conversation with an authority: who waits, who leaves, what else is down.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StepUpError, authorityStepper } from 'stepup-client';
import { begun, code, factor, scene, stepped, token } from './support/authority.mjs';

test('a no while nothing is asked is a no, whatever the authority answers', async () => {
  let cancel;
  const prompter = {
    begin: (given) => (cancel = given),
    ask: async () => code('123456'),
    done() {},
  };
  const requests = [];
  const answers = [begun(factor('totp')), [200, token]];
  const stepper = authorityStepper({
    base: 'https://bank.example/step-up',
    storage: null,
    prompter,
    async fetch(url, { method }) {
      requests.push(method);
      if (url.endsWith('/proof')) {
        cancel();
      }
      const [status, json] = answers.shift() ?? [200, {}];
      return Response.json(json, { status });
    },
  });
  const demand = { acrValues: [], maxAge: null, amrValues: [], scope: [], claims: null };
  const asked = { challenge: demand, token: async () => 'login', signal: new AbortController().signal };
  await assert.rejects(stepper(asked), { code: 'cancelled' });
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(requests, ['POST', 'POST', 'DELETE']);
});

test('whoever is asked by two is asked by one at a time', async () => {
  const log = [];
  const prompter = {
    async ask({ reason }) {
      log.push(`asks ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return code('1');
    },
    done: () => log.push('done'),
  };
  const run = (reason) => {
    const answers = [begun(factor('totp')), [200, token]];
    const fetch = async () => {
      const [status, json] = answers.shift();
      return Response.json(json, { status });
    };
    const base = 'https://bank.example/step-up';
    const stepper = authorityStepper({ base, storage: null, prompter, fetch });
    const demand = { acrValues: [], maxAge: null, amrValues: [], scope: [], claims: null };
    const { signal } = new AbortController();
    return stepper({ challenge: demand, token: async () => 'login', signal, reason });
  };
  await Promise.all([run('one'), run('two')]);
  assert.deepEqual(log, ['asks one', 'done', 'asks two', 'done']);
});

test('a login that cannot be had for a moment is a lost network', async () => {
  let times = 0;
  const { run, questions } = scene({
    answers: [begun(factor('totp')), [200, token]],
    replies: [{ do: 'go' }, code('1')],
    async token() {
      times += 1;
      if (times === 1) {
        throw new TypeError('fetch failed');
      }
      return 'login';
    },
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual([questions[0].kind, questions[0].notice.name], ['reach', 'offline']);
});

test('a place that keeps nothing is no reason to end a step-up', async () => {
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const { run } = scene({
    answers: [begun(factor('totp')), [200, token]],
    replies: [code('1')],
    storage: { getItem: full, setItem: full, removeItem: full },
  });
  assert.deepEqual(await run(), stepped);
});

test('what is sent stays between this place and the authority', async () => {
  const sent = [];
  const { run } = scene({
    answers: [begun(factor('totp')), [200, token]],
    replies: [code('1')],
    told: (init) => sent.push(init),
  });
  assert.deepEqual(await run(), stepped);
  for (const { redirect, credentials, cache, referrerPolicy, signal, headers } of sent) {
    const said = [redirect, credentials, cache, referrerPolicy, headers.get('content-type')];
    assert.deepEqual(said, ['error', 'omit', 'no-store', 'no-referrer', 'application/json']);
    assert.ok(signal instanceof AbortSignal);
  }
});

test('a code is sent anew, and asked for again', async () => {
  const { run, requests } = scene({
    answers: [begun(factor('email')), [200, { prompt: {} }], [200, { prompt: {} }], [200, token]],
    replies: [{ do: 'resend' }, code('1')],
  });
  assert.deepEqual(await run(), stepped);
  assert.equal(requests.filter((request) => request.endsWith('factors/f_email')).length, 2);
});

test('an address of an authority is given whole where there is no page', () => {
  const prompter = { ask() {}, done() {} };
  const bases = [
    undefined,
    '/step-up',
    'http://bank.example/step-up',
    'http://bank.localhost/step-up',
    'ftp://bank.example',
    'https://user:secret@bank.example/step-up',
  ];
  for (const base of bases) {
    assert.throws(() => authorityStepper({ prompter, ...(base && { base }) }), /^TypeError: base: (?!.*secret)/);
  }
});

test('methods that are demanded are repeated to the authority', async () => {
  const { run, requests } = scene({
    answers: [begun(factor('totp')), [200, token]],
    replies: [code('1')],
    demand: { amrValues: ['hwk', 'pin'] },
  });
  assert.deepEqual(await run(), stepped);
  assert.match(requests[0], /"amr_values":"hwk pin"/);
});

test('what stands behind the path of an authority is no part of it', async () => {
  const sent = [];
  const { run } = scene({
    base: 'https://bank.example/step-up/?tenant=1#x',
    answers: [],
    replies: [],
    fetch: async (url) => {
      sent.push(url);
      return Response.json({ type: 'https://x/problems/denied' }, { status: 403 });
    },
  });
  assert.equal(await run(), 'denied');
  assert.deepEqual(sent, ['https://bank.example/step-up/ceremonies']);
});

test('a logout takes back what is asked for at the authority', async () => {
  let isLoggedIn = true;
  const abort = new AbortController();
  const { run, requests } = scene({
    answers: [begun(factor('totp'))],
    replies: [
      () => {
        isLoggedIn = false;
        abort.abort(new StepUpError('logged-out'));
        return new Promise(() => {});
      },
    ],
    signal: abort.signal,
    async token() {
      if (!isLoggedIn) {
        throw new StepUpError('logged-out');
      }
      return 'login';
    },
  });
  assert.equal(await run(), 'logged-out');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(requests.slice(1), ['DELETE ceremonies/c_1']);
});

test('what is no answer of an authority is told as that', async () => {
  const page = () => new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } });
  const captive = scene({ answers: [], replies: [{ do: 'cancel' }], fetch: async () => page() });
  assert.equal(await captive.run(), 'cancelled');
  assert.deepEqual([captive.questions[0].kind, captive.questions[0].notice.name], ['reach', 'offline']);
  const nobody = scene({ answers: [begun()], replies: [] });
  assert.equal(await nobody.run(), 'unmet');
  for (const body of [
    {},
    { id: '../../x', factors: [factor('totp')] },
    { id: 'c_1' },
    { id: 'c_1', factors: [null] },
    { id: 'c_1', factors: [factor('totp', '../x')] },
    { id: 'c_1', factors: [{ id: 'f_1', method: 'totp', level: 'mfa' }] },
  ]) {
    const { run, requests } = scene({ answers: [[201, body]], replies: [] });
    const { name, message } = await run();
    assert.deepEqual([name, message], ['TypeError', 'what answers at `base` is no stepup-authority']);
    assert.equal(requests.length, 1, JSON.stringify(body));
  }
});

test('a device is asked after as seldom as the authority says', async (t) => {
  const waits = [];
  t.mock.method(globalThis, 'setTimeout', (work, milliseconds) => {
    waits.push(milliseconds);
    return setImmediate(work);
  });
  const waiting = (after) => [202, {}, after && { 'retry-after': after }];
  const { run } = scene({
    answers: [begun(factor('push')), [200, { prompt: {} }], waiting('7'), waiting(), waiting('9999'), [200, token]],
    replies: [() => new Promise(() => {})],
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual(waits, [2000, 7000, 2000, 30_000]);
});
