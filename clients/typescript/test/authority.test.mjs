// Ceremonies whose answers a test decides, for what an authority of one's own seldom does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begun, code, factor, pick, problem, scene, stepped, token } from './support/authority.mjs';

test('what is demanded is repeated, and what this place cannot do is left out', async () => {
  const { run, requests, questions } = scene({
    answers: [begun(factor('totp')), [200, token]],
    replies: [code(' 123-456 ')],
  });
  assert.deepEqual(await run(), stepped);
  const wanted = { acr_values: 'mfa', amr_values: null, max_age: 300, without: 'webauthn' };
  assert.deepEqual(requests, [
    `POST ceremonies ${JSON.stringify(wanted)}`,
    'POST ceremonies/c_1/proof {"factor":"f_totp","code":"123456"}',
  ]);
  assert.equal(questions[0].reason, 'money');
});

test('a factor of the service\'s own is answered by the page', async () => {
  const { run, requests } = scene({
    answers: [begun(factor('firebase')), [200, { prompt: { nonce: 'n' } }], [200, token]],
    replies: [],
    answerers: { firebase: async ({ nonce }) => ({ id_token: `signed ${nonce}` }) },
  });
  assert.deepEqual(await run(), stepped);
  assert.equal(requests.at(-1), 'POST ceremonies/c_1/proof {"factor":"f_firebase","id_token":"signed n"}');
});

test('what cannot be answered here is not offered again', async () => {
  const { run, questions } = scene({
    answers: [
      begun(factor('authx'), factor('totp')),
      [200, { prompt: { authorization_url: 'https://idp.example' } }],
      [200, token],
    ],
    replies: [pick(0), pick(0), code('123456')],
  });
  assert.deepEqual(await run(), stepped);
  assert.equal(questions[1].notice.name, 'not-here');
  assert.deepEqual(questions[1].factors, [factor('totp')]);
});

test('several keys are one question', async () => {
  const { run, questions } = scene({
    answers: [begun(factor('webauthn', 'f_1'), factor('totp'), factor('webauthn', 'f_2'))],
    replies: [{ do: 'cancel' }],
  });
  assert.equal(await run(), 'cancelled');
  assert.deepEqual(questions[0].factors.map(({ id }) => id), ['f_1', 'f_totp']);
});

test('a message that could not be sent is no dead end', async () => {
  for (const [status, name] of [[503, 'not-sent'], [429, 'too-many-messages'], [503, 'full']]) {
    const { run, questions } = scene({
      answers: [
        begun(factor('sms'), factor('totp')),
        [...problem(status, name), { 'retry-after': '30' }],
        [200, token],
      ],
      replies: [pick(0), pick(1), code('123456')],
    });
    assert.deepEqual(await run(), stepped);
    const { name: said, retryAfter } = questions[1].notice;
    assert.deepEqual([said, retryAfter], [name === 'full' ? 'unavailable' : name, 30]);
    // It was said beside the choice, and is nothing about the way that was chosen.
    assert.deepEqual([questions[2].kind, questions[2].notice], ['code', undefined]);
  }
});

test('nothing goes round without the person', async () => {
  const cancel = { do: 'cancel' };
  const answerers = { firebase: async () => ({}) };
  for (const [method, answers] of [
    ['sms', ['lost']],
    ['sms', [problem(500, 'odd')]],
    ['firebase', ['lost']],
    ['firebase', [[200, { prompt: {} }], 'lost']],
    ['firebase', [[200, { prompt: {} }], problem(403, 'wrong-answer', { attempts_left: 3 })]],
    ['totp', ['lost']],
  ]) {
    const replies = method === 'totp' ? [code('1'), cancel] : [cancel];
    const { run, questions } = scene({ answers: [begun(factor(method)), ...answers], replies, answerers });
    assert.equal(await run(), 'cancelled');
    assert.equal(questions.at(-1).kind, method === 'totp' ? 'code' : 'choose');
    assert.ok(questions.at(-1).notice);
  }
});

test('a number that was typed wrongly is not asked for again by itself', async () => {
  const { run, questions } = scene({
    answers: [
      begun(factor('push')),
      [200, { prompt: { number: '123456' } }],
      problem(403, 'wrong-answer', { attempts_left: 4 }),
      [200, { prompt: { number: '654321' } }],
      problem(403, 'wrong-answer', { attempts_left: 0 }),
      begun(factor('push')),
    ],
    replies: [() => new Promise(() => {}), pick(0), () => new Promise(() => {}), { do: 'cancel' }],
  });
  assert.equal(await run(), 'cancelled');
  const asked = questions.map(({ kind, number, notice }) => [kind, number, notice]);
  assert.deepEqual(asked, [
    ['device', '123456', undefined],
    ['choose', undefined, { name: 'wrong-number', attemptsLeft: 4 }],
    ['device', '654321', undefined],
    ['choose', undefined, { name: 'wrong-number', attemptsLeft: 0 }],
  ]);
});

test('a code that is good no longer is sent anew', async () => {
  const { run, requests } = scene({
    answers: [
      begun(factor('email')),
      [200, { prompt: {} }],
      problem(409, 'prompt-over'),
      [200, { prompt: {} }],
      [200, token],
    ],
    replies: [code('1'), pick(0), code('2')],
  });
  assert.deepEqual(await run(), stepped);
  assert.equal(requests.filter((request) => request.endsWith('factors/f_email')).length, 2);
});

test('after the last attempt there is another ceremony', async () => {
  const { run, questions } = scene({
    answers: [
      begun(factor('totp')),
      problem(403, 'wrong-answer', { attempts_left: 0 }),
      begun(factor('totp')),
      [200, token],
    ],
    replies: [code('1'), pick(0), code('2')],
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual(questions[1].notice, { name: 'wrong-answer', attemptsLeft: 0 });
});

test('a factor that is locked or disabled leaves the others', async () => {
  for (const [status, name, left] of [[429, 'factor-locked', 2], [403, 'factor-disabled', 1]]) {
    const { run, questions } = scene({
      answers: [begun(factor('totp'), factor('recovery')), problem(status, name), [200, token]],
      replies: [pick(0), code('1'), (question) => pick(question.factors.length - 1)(question), code('2')],
    });
    assert.deepEqual(await run(), stepped);
    assert.deepEqual([questions[2].notice.name, questions[2].factors.length], [name, left]);
  }
});

test('a ceremony that is over is begun anew, and the person asked', async () => {
  const { run, questions, requests } = scene({
    answers: [
      begun(factor('totp')),
      problem(410, 'ceremony-over'),
      [200, { id: 'c_1', status: 'expired' }],
      begun(factor('totp')),
      [200, token],
    ],
    replies: [code('1'), pick(0), code('2')],
  });
  assert.deepEqual(await run(), stepped);
  assert.equal(questions[1].notice.name, 'begun-anew');
  assert.equal(requests.filter((request) => request.startsWith('POST ceremonies {')).length, 2);
});

test('an answer that was right, and lost, is fetched', async () => {
  const { run } = scene({
    answers: [
      begun(factor('totp')),
      'lost',
      problem(409, 'ceremony-proved'),
      'lost',
      [200, { id: 'c_1', status: 'verified', ...token }],
    ],
    replies: [code('1'), code('1'), { do: 'go' }],
  });
  assert.deepEqual(await run(), stepped);
});

test('a bookmark is of the same demand and of the right form, or none', async () => {
  const place = 'https://bank.example/step-up';
  const demand = (level) => JSON.stringify([[level], 300, [], [], null]);
  for (const value of [
    `${place} ${demand('phr')}\nc_7`,
    `https://other.example ${demand('mfa')}\nc_7`,
    `${place} ${demand('mfa')}\n../factors`,
    `${place} ${demand('mfa')}`,
    'x',
  ]) {
    const { run, requests } = scene({
      answers: [begun(factor('totp')), [200, token]],
      replies: [code('1')],
      stored: [['stepup.ceremony', value]],
    });
    assert.deepEqual(await run(), stepped);
    assert.ok(requests[0].startsWith('POST ceremonies '), requests[0]);
  }
});

test('what was proved before the page was loaded again is not asked twice', async () => {
  const demand = JSON.stringify([['mfa'], 300, [], [], null]);
  const { run, questions } = scene({
    answers: [[200, { id: 'c_7', status: 'verified', ...token }]],
    replies: [],
    stored: [['stepup.ceremony', `https://bank.example/step-up ${demand}\nc_7`]],
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual(questions, []);
});

test('refusals are typed', async () => {
  const unmet = problem(403, 'unmet-authentication-requirements', { enrol: ['totp'] });
  for (const [answer, expected] of [
    [unmet, 'unmet'],
    [problem(401, 'invalid-token'), 'logged-out'],
    [problem(403, 'cross-site'), 'failed'],
    [problem(429, 'too-many-ceremonies'), 'too-many'],
    [[201, { id: 'c_1', factors: 3 }], 'other'],
  ]) {
    const { run } = scene({ answers: [answer], replies: [] });
    const outcome = await run();
    assert.equal(typeof outcome === 'string' ? outcome : 'other', expected);
  }
  const denied = scene({
    answers: [begun(factor('totp')), problem(403, 'denied')],
    replies: [code('1')],
  });
  assert.equal(await denied.run(), 'denied');
});

test('who gives up ends the ceremony', async () => {
  const abort = new AbortController();
  const { run, requests } = scene({
    answers: [begun(factor('totp'))],
    replies: [() => new Promise(() => abort.abort(new DOMException('enough', 'AbortError')))],
    signal: abort.signal,
  });
  const outcome = await run();
  assert.equal(outcome, DOMException.ABORT_ERR);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(requests.at(-1), 'DELETE ceremonies/c_1');
});

test('a number is shown as it is, and when it comes late', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { run, questions } = scene({
    answers: [
      begun(factor('push')),
      [200, { prompt: {} }],
      [202, { id: 'c_1', status: 'pending', prompt: { number: 72 } }],
      [202, { id: 'c_1', status: 'pending', prompt: { number: 72 } }],
      [200, token],
    ],
    replies: [() => new Promise(() => {}), () => new Promise(() => {})],
  });
  const outcome = run();
  for (let polls = 0; polls < 3; polls += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(2000);
  }
  assert.deepEqual(await outcome, stepped);
  assert.deepEqual(questions.map(({ number }) => number), [undefined, '72']);
});

test('an answer without end ends the step-up', async () => {
  const endless = [201, { ...begun(factor('totp'))[1], more: 'x'.repeat(256 * 1024) }];
  assert.ok((await scene({ answers: [endless], replies: [] }).run()) instanceof RangeError);
  const long = [201, { ...begun(factor('totp'))[1], more: 'x'.repeat(200 * 1024) }];
  const { run } = scene({ answers: [long, [200, token]], replies: [code('123456')] });
  assert.deepEqual(await run(), stepped);
});
