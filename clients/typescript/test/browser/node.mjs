// The stories that need no browser, in Node: node node.mjs ORIGIN

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorityStepper, createStepUpFetch } from 'stepup-client';
import { User, done, origin, totp, wrong } from './bank.mjs';

/** Puts each question to a function, which is told how many there were before. */
function client(user, says, options = {}) {
  const questions = [];
  const prompter = {
    ask: async (question) => says(question, questions.push(question) - 1),
    done() {},
  };
  const stepper = authorityStepper({ base: `${origin}/step-up`, prompter, ...options });
  const api = createStepUpFetch({ origins: [origin], getToken: () => user.token, stepper });
  const pay = async (init) => {
    try {
      const response = await api(`${origin}/transfers`, { method: 'POST', body: '250', ...init });
      return await response.text();
    } catch (error) {
      return error.code;
    }
  };
  return { pay, questions };
}

const answer = (code) => ({ do: 'answer', code });
const cancel = { do: 'cancel' };
const by = (method) => ({ factors }) => ({
  do: 'choose',
  factor: factors.find((factor) => factor.method === method),
});

test('an authenticator app', async () => {
  const user = await User.with('totp');
  const { transfers } = await done();
  const { pay, questions } = client(user, () => answer(totp(user.secret)));
  assert.equal(await pay(), 'sent 250');
  assert.equal(questions[0].reason, 'Confirm that you are sending €250 to Bob.');
  assert.equal((await done()).transfers, transfers + 1);
});

test('a code by e-mail', async () => {
  const user = await User.with('email');
  const { pay } = client(user, async () => answer((await user.mails())[0]));
  assert.equal(await pay(), 'sent 250');
});

test('a recovery code', async () => {
  const user = await User.with('totp', 'recovery');
  const choose = by('recovery');
  const { pay } = client(user, (question, nth) => (nth === 0 ? choose(question) : answer(user.codes[2])));
  assert.equal(await pay(), 'sent 250');
});

test('a device', async () => {
  const user = await User.with('push');
  const says = async ({ number }) => {
    await user.answerOnDevice(number);
    return new Promise(() => {});
  };
  assert.equal(await client(user, says).pay(), 'sent 250');
});

test('a passkey needs a browser: it is not offered', async () => {
  const user = await User.with();
  assert.equal(await client(user, () => assert.fail('nothing is asked')).pay(), 'unmet');
});

test('cancelled, and given up', async () => {
  const user = await User.with('totp');
  assert.equal(await client(user, () => cancel).pay(), 'cancelled');
  const abort = new AbortController();
  const { pay } = client(user, () => new Promise(() => abort.abort()));
  assert.equal(await pay({ signal: abort.signal }), DOMException.ABORT_ERR);
});

test('a wrong code twice, then the right one', async () => {
  const user = await User.with('totp');
  const says = (_, nth) => answer(nth < 2 ? wrong(user.secret) : totp(user.secret));
  const { pay, questions } = client(user, says);
  assert.equal(await pay(), 'sent 250');
  const notices = questions.map(({ notice }) => notice?.attemptsLeft);
  assert.deepEqual(notices, [undefined, 4, 3]);
});

test('the network is lost during the ceremony, and comes back', async () => {
  const user = await User.with('totp');
  // It arrives the second time, and its answer does not.
  const fates = ['lost', 'deaf', 'up'];
  const unsteady = async (url, init) => {
    const fate = url.endsWith('/proof') ? fates.shift() : 'up';
    const response = fate === 'lost' ? undefined : await fetch(url, init);
    if (fate !== 'up') {
      throw new TypeError('fetch failed');
    }
    return response;
  };
  const says = () => answer(totp(user.secret));
  const { pay, questions } = client(user, says, { fetch: unsteady });
  assert.equal(await pay(), 'sent 250');
  assert.deepEqual(questions.map(({ notice }) => notice?.name), [undefined, 'offline', 'offline']);
  assert.equal((await user.events()).filter((event) => event === 'Proved').length, 1);
});

test('a process that begins anew in the middle', async (t) => {
  const user = await User.with('email');
  const first = stored();
  const abort = new AbortController();
  t.after(() => abort.abort());
  await new Promise((resolve) => {
    const says = () => new Promise(() => resolve());
    void client(user, says, { storage: first }).pay({ signal: abort.signal });
  });
  const second = stored(first.kept);
  const { pay } = client(user, async () => answer((await user.mails())[0]), { storage: second });
  assert.equal(await pay(), 'sent 250');
  assert.equal((await user.mails()).length, 1, 'the first is still good');
  assert.equal(await user.prompts(), 1);
  assert.equal(second.kept.size, 0);
});

/** What outlives a process. */
function stored(before) {
  const kept = new Map(before);
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}
