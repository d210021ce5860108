// Which question follows which trouble.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { begun, code, factor, pick, problem, scene, stepped, token } from './support/authority.mjs';

const both = begun(factor('totp'), factor('recovery'));
const cancel = { do: 'cancel' };

for (const [[status, name], next, kind, notice, ways] of [
  [[400, 'malformed-answer'], [], 'code', 'wrong-answer'],
  [[409, 'no-code-sent'], [], 'choose', 'prompt-over', 2],
  [[403, 'too-weak'], [], 'choose', 'not-here', 1],
  [[404, 'no-such-factor'], [both], 'choose', 'begun-anew', 2],
  [[404, 'no-such-ceremony'], [both], 'choose', 'begun-anew', 2],
  [[410, 'ceremony-over'], [problem(404, 'no-such-ceremony'), both], 'choose', 'begun-anew', 2],
  [[410, 'ceremony-over'], [problem(410, 'ceremony-over'), both], 'choose', 'begun-anew', 2],
  [[408, 'slow'], [], 'choose', 'unavailable', 2],
  [[500, 'odd'], [], 'choose', 'unavailable', 2],
]) {
  test(`after ${status} ${name} the person is asked: ${kind}, ${notice}`, async () => {
    const { run, questions } = scene({
      answers: [both, problem(status, name), ...next],
      replies: [pick(0), code('1'), cancel],
    });
    assert.equal(await run(), 'cancelled');
    const last = questions.at(-1);
    assert.deepEqual([last.kind, last.notice.name, last.factors?.length], [kind, notice, ways]);
  });
}

test('after a no to one way the others are there', async () => {
  const { run, questions } = scene({
    answers: [both, [200, token]],
    replies: [pick(0), { do: 'back' }, pick(1), code('1')],
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual(questions.map(({ kind }) => kind), ['choose', 'code', 'choose', 'code']);
  assert.deepEqual(questions.map(({ hasOthers }) => hasOthers), [undefined, true, undefined, true]);
});

test('what an answer waits for is waited for, through a lost network too', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { run } = scene({
    answers: [
      begun(factor('firebase')),
      [200, { prompt: {} }],
      [202, { id: 'c_1', status: 'pending' }],
      'lost',
      [200, token],
    ],
    replies: [],
    answerers: { firebase: async () => ({ id_token: 'x' }) },
  });
  const outcome = run();
  for (let polls = 0; polls < 2; polls += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(2000);
  }
  assert.deepEqual(await outcome, stepped);
});

test('a code that was sent before the page was loaded again is asked for at once', async () => {
  const demand = JSON.stringify([['mfa'], 300, [], [], null]);
  const { run, requests } = scene({
    answers: [
      [200, { status: 'pending', prompted: ['f_email'], ...begun(factor('email'))[1], id: 'c_7' }],
      [200, token],
    ],
    replies: [code('1')],
    stored: [['stepup.ceremony', `https://bank.example/step-up ${demand}\nc_7`]],
  });
  assert.deepEqual(await run(), stepped);
  assert.deepEqual(requests.map((request) => request.split(' ')[0]), ['GET', 'POST']);
});

test('a token that is none is no token', async () => {
  for (const access_token of ['', 7]) {
    const { run } = scene({
      answers: [begun(factor('totp')), [200, { access_token, token_type: 'Bearer' }]],
      replies: [code('1')],
    });
    assert.equal(await run(), 'failed');
  }
});
