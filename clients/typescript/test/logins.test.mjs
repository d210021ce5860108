// One person logs out, another logs in: nobody acts as somebody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStepUpFetch } from 'stepup-client';
import { Api, challenge } from './support/api.mjs';

/** Tokens are `alice`, and `alice+mfa` after a step-up. */
async function bank(t, { slow = 0, stepper, ...options } = {}) {
  const api = await new Api(async (sent, response) => {
    const [, who, plus] = /^Bearer (\w+)(\+mfa)?$/.exec(sent.authorization ?? '') ?? [];
    await new Promise((resolve) => setTimeout(resolve, slow));
    return plus ? api.run(`${who} pays`, response, who) : challenge(response, 'acr_values="mfa"');
  }).start();
  t.after(() => api.stop());
  const state = { login: 'alice' };
  const asked = [];
  const call = createStepUpFetch({
    origins: [api.origin],
    getToken: () => state.login,
    async stepper(one) {
      asked.push(one);
      await stepper?.(one);
      return { accessToken: `${await one.token()}+mfa` };
    },
    ...options,
  });
  const pay = () => call(`${api.origin}/pay`, { method: 'POST', body: 'pay' });
  return { api, state, asked, call, pay };
}

const code = (promise) => promise.then(() => 'sent', (error) => error.code);
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('a call that was on its way at the logout is not stepped up after it', async (t) => {
  const { api, state, asked, call, pay } = await bank(t, { slow: 100 });
  const alices = code(pay());
  await wait(30);
  call.forget();
  state.login = null;
  assert.equal(await alices, 'logged-out');
  state.login = 'bob';
  assert.equal(await (await pay()).text(), 'bob');
  assert.deepEqual([api.ran, asked.length], [{ 'bob pays': 1 }, 1]);
});

test('a logout while the token of the login is fetched', async (t) => {
  for (const steps of [0, 1, 20]) {
    let session = 'alice';
    for (const logOut of [(call) => call.forget(), () => (session = 'bob')]) {
      session = 'alice';
      const asked = async () => {
        const { login } = state;
        await wait(steps);
        return login;
      };
      const { api, state, call, pay } = await bank(t, { getToken: () => asked(), session: () => session });
      const alices = code(pay());
      logOut(call);
      state.login = 'bob';
      assert.equal(await alices, 'logged-out', `${steps}`);
      assert.deepEqual(api.requests, []);
    }
  }
});

test('who is known by the time that there is a token has not logged out', async (t) => {
  let session;
  const getToken = async () => {
    await wait(10);
    session = 'alice';
    return 'alice';
  };
  const { api, asked, pay } = await bank(t, { getToken, session: () => session });
  const calls = await Promise.all([pay(), pay()]);
  assert.deepEqual(calls.map(({ status }) => status), [200, 200]);
  assert.deepEqual([api.ran, asked.length, asked[0].session], [{ 'alice pays': 2 }, 1, 'alice']);
});

test('nor has who is named in the moment after', async (t) => {
  let session;
  const login = wait(10).then(() => 'alice');
  const { api, pay } = await bank(t, { getToken: () => login, session: () => session });
  const paid = code(pay());
  void login.then((user) => (session = user));
  assert.equal(await paid, 'sent');
  assert.deepEqual(api.ran, { 'alice pays': 1 });
});

test('nobody is logged in: calls go as they are, at once or not', async (t) => {
  const { api, state, pay } = await bank(t);
  state.login = null;
  const calls = await Promise.all([pay(), pay()]);
  assert.deepEqual(calls.map(({ status }) => status), [401, 401]);
  assert.deepEqual(api.requests.map(({ authorization }) => authorization), [undefined, undefined]);
});

test('a step-up ahead is of who is logged in by then', async (t) => {
  let session = 'alice';
  const { state, asked, call, pay } = await bank(t, { session: () => session });
  await pay();
  state.login = session = 'bob';
  const demand = { acrValues: ['mfa'], maxAge: null, amrValues: [], scope: [], claims: null };
  await call.stepUp(demand);
  assert.deepEqual(asked.map((one) => one.session), ['alice', 'bob']);
  assert.equal(await (await pay()).text(), 'bob');
});

test('a logout in the moment of the answer', async (t) => {
  for (let steps = 0; steps < 9; steps += 1) {
    let isDone = false;
    let wasDone;
    const stepper = ({ token }) => {
      let moment = token();
      for (let step = 0; step < steps; step += 1) {
        moment = moment.then(() => {});
      }
      void moment.then(() => {
        wasDone = isDone;
        call.forget();
      });
    };
    const onEvent = ({ type }) => (isDone ||= type === 'step-up-done');
    const { api, call, pay } = await bank(t, { stepper, onEvent });
    assert.equal(await code(pay()), 'logged-out', `${steps}`);
    assert.deepEqual(api.ran, {});
    isDone = false;
    const demand = { acrValues: ['mfa'], maxAge: null, amrValues: [], scope: [], claims: null };
    const ended = await code(call.stepUp(demand));
    assert.ok(ended === 'logged-out' || (wasDone && ended === 'sent'), `${ended} after ${steps} steps`);
  }
});

test('a logout while the person is asked, without a word to the client', async (t) => {
  const { api, state, pay } = await bank(t, { stepper: () => (state.login = null) });
  assert.equal(await code(pay()), 'logged-out');
  assert.deepEqual(api.ran, {});
});

test('another session begins: nothing of the last is left, and its calls end', async (t) => {
  let session = 'alice';
  const options = { session: () => session };
  const { api, state, asked, pay } = await bank(t, options);
  assert.equal(await (await pay()).text(), 'alice');
  state.login = session = 'bob';
  assert.equal(await (await pay()).text(), 'bob');
  assert.equal(asked.length, 2);
  assert.deepEqual(api.requests.map(({ authorization }) => authorization.slice(7)), [
    'alice',
    'alice+mfa',
    'bob',
    'bob+mfa',
  ]);
});

test('another session begins while the person is asked', async (t) => {
  let session = 'alice';
  const stepper = () => (state.login = session = 'bob');
  const { api, state, pay } = await bank(t, { stepper, session: () => session });
  assert.equal(await code(pay()), 'logged-out');
  assert.deepEqual(api.ran, {});
});

test('a call whose token is refused after the logout is not sent again', async (t) => {
  for (const logOut of [(call) => call.forget(), (_, set) => set('bob')]) {
    let session = 'alice';
    let isRevoked = false;
    const api = await new Api(async (sent, response) => {
      if (!isRevoked) {
        return sent.authorization === 'Bearer alice'
          ? challenge(response, 'acr_values="mfa"')
          : api.run('/pay', response);
      }
      await wait(80);
      return response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    }).start();
    t.after(() => api.stop());
    const call = createStepUpFetch({
      origins: [api.origin],
      getToken: () => 'alice',
      session: () => session,
      stepper: async () => ({ accessToken: 'alice+mfa' }),
    });
    const pay = () => call(`${api.origin}/pay`, { method: 'POST', body: 'pay' });
    await pay();
    isRevoked = true;
    const second = code(pay());
    await wait(20);
    logOut(call, (next) => (session = next));
    assert.equal(await second, 'logged-out');
    assert.equal(api.requests.length, 3);
  }
});

test('who gives up is heard while the token of the login is fetched', async (t) => {
  const api = await new Api(() => assert.fail('nothing is sent')).start();
  t.after(() => api.stop());
  const getToken = () => new Promise(() => {});
  const call = createStepUpFetch({ origins: [api.origin], getToken, stepper: async () => ({}) });
  const signal = AbortSignal.timeout(50);
  await assert.rejects(call(api.origin, { signal }), { name: 'TimeoutError' });
});

test('a mistake in who is told of events ends no call', async (t) => {
  const onEvent = () => {
    throw new Error('metrics');
  };
  const { pay } = await bank(t, { onEvent });
  assert.equal((await pay()).status, 200);
});

test('somebody who turns out to be logged out ends nothing of who logs in meanwhile', async (t) => {
  const answers = [wait(60).then(() => null), 'bob', 'bob', 'bob'];
  const stepper = () => wait(100);
  const { api, pay } = await bank(t, { getToken: () => answers.shift(), stepper });
  const [nobodys, bobs] = await Promise.all([pay(), pay()]);
  assert.deepEqual([nobodys.status, await bobs.text()], [401, 'bob']);
  assert.deepEqual(api.ran, { 'bob pays': 1 });
});

const demand = { acrValues: ['mfa'], maxAge: null, amrValues: [], scope: [], claims: null };
const sent = ({ requests }) => requests.map(({ authorization }) => authorization.slice(7));

test('b9 another token is another login: nothing of the last is left', async (t) => {
  const { api, state, asked, pay } = await bank(t);
  assert.equal(await (await pay()).text(), 'alice');
  assert.equal(await (await pay()).text(), 'alice');
  state.login = 'bob';
  // Both find it out.
  const bobs = await Promise.all([pay(), pay()]);
  assert.deepEqual(await Promise.all(bobs.map((one) => one.text())), ['bob', 'bob']);
  assert.deepEqual([asked.length, api.ran], [2, { 'alice pays': 2, 'bob pays': 2 }]);
  const tokens = sent(api);
  assert.deepEqual(tokens.slice(0, 3), ['alice', 'alice+mfa', 'alice+mfa']);
  assert.deepEqual(tokens.slice(3).sort(), ['bob', 'bob', 'bob+mfa', 'bob+mfa']);
});

test('b9 another token while the person is asked: the call ends', async (t) => {
  const { api, state, pay } = await bank(t, { stepper: () => (state.login = 'bob') });
  const error = await pay().catch((error) => error);
  assert.equal(error.code, 'logged-out');
  assert.match(error.message, /`session`/, 'it may have been renewed');
  assert.deepEqual(api.ran, {});
  assert.equal(await (await pay()).text(), 'bob');
});

test('b9 the same with a stepper that does not look at the login', async (t) => {
  const { api, state } = await bank(t);
  const stepper = async () => {
    state.login = 'bob';
    return { accessToken: 'alice+mfa' };
  };
  const told = [];
  const onEvent = ({ type }) => told.push(type);
  const call = createStepUpFetch({ origins: [api.origin], getToken: () => state.login, stepper, onEvent });
  assert.equal(await code(call(`${api.origin}/pay`)), 'logged-out');
  assert.deepEqual(sent(api), ['alice']);
  // Nor is it said that anything is sent again.
  assert.deepEqual(told, ['challenged', 'step-up-begun', 'step-up-done']);
});

test('b9 a step-up ahead is of whose token there is by then', async (t) => {
  const { api, state, asked, call, pay } = await bank(t);
  await pay();
  await call.stepUp(demand);
  assert.equal(asked.length, 1);
  state.login = 'bob';
  await call.stepUp(demand);
  assert.equal(await (await pay()).text(), 'bob');
  assert.equal(asked.length, 2);
  assert.deepEqual(sent(api), ['alice', 'alice+mfa', 'bob', 'bob+mfa']);
  state.login = null;
  assert.equal(await code(call.stepUp(demand)), 'logged-out');
});

test('b9 a token that comes late ends nothing of who logged in meanwhile', async (t) => {
  const late = [];
  const { api, state, asked, pay } = await bank(t, { getToken: () => late.pop() ?? state.login });
  await pay();
  late.push(wait(50).then(() => 'alice'));
  const alices = code(pay());
  state.login = 'bob';
  assert.equal(await (await pay()).text(), 'bob');
  assert.equal(await alices, 'logged-out');
  assert.equal(await (await pay()).text(), 'bob');
  assert.deepEqual([asked.length, api.ran], [2, { 'alice pays': 1, 'bob pays': 2 }]);
});

test('b9 nothing is repeated for who was logged in before', async (t) => {
  for (const next of ['bob', null]) {
    const { api, state, call, pay } = await bank(t, { slow: 100 });
    await pay();
    // Another address: the login's token goes first, and one that would do is at hand.
    const alices = code(call(`${api.origin}/other`, { method: 'POST', body: 'pay' }));
    await wait(50);
    state.login = next;
    assert.equal(await alices, 'logged-out');
    assert.deepEqual([sent(api), api.ran], [['alice', 'alice+mfa', 'alice'], { 'alice pays': 1 }]);
  }
});

test('b9 nor is anybody asked ahead after a logout', async (t) => {
  for (const session of [undefined, () => 'alice']) {
    for (let steps = 0; steps < 10; steps += 1) {
      const { asked, call } = await bank(t, session && { session });
      const ahead = code(call.stepUp(demand));
      for (let step = 0; step < steps; step += 1) {
        await undefined;
      }
      const before = asked.length;
      call.forget();
      assert.equal(await ahead, 'logged-out', `after ${steps} steps`);
      assert.equal(asked.length, before, `asked after the logout, after ${steps} steps`);
      assert.ok(asked.every(({ signal }) => signal.aborted));
    }
  }
});

test('b9 a step-up ahead whose login is never known ends at the logout', async (t) => {
  const { call } = await bank(t, { getToken: () => new Promise(() => {}) });
  const ahead = code(call.stepUp(demand));
  await wait(0);
  call.forget();
  assert.equal(await Promise.race([ahead, wait(1000).then(() => 'nothing')]), 'logged-out');
});

test('what was proved is kept where the login cannot be asked for then', async (t) => {
  let isDown = false;
  const stepper = () => {
    isDown = true;
    return { accessToken: 'alice+mfa' };
  };
  const { api } = await bank(t);
  let asked = 0;
  const call = createStepUpFetch({
    origins: [api.origin],
    getToken() {
      if (isDown) {
        throw new TypeError('network');
      }
      return 'alice';
    },
    stepper: async () => {
      asked += 1;
      return stepper();
    },
  });
  await assert.rejects(call(`${api.origin}/pay`), { message: 'network' });
  isDown = false;
  assert.equal(await (await call(`${api.origin}/pay`)).text(), 'alice');
  assert.equal(asked, 1);
});

test('b9 what began before anybody was named is not of who is named first', async (t) => {
  for (const begun of [(_, pay) => pay(), (call) => call.stepUp(demand)]) {
    let session;
    let late = wait(50).then(() => 'alice');
    const getToken = () => {
      const token = late ?? session;
      late = undefined;
      return token;
    };
    const { api, asked, call, pay } = await bank(t, { getToken, session: () => session });
    const alices = code(begun(call, pay));
    session = 'bob';
    assert.equal(await (await pay()).text(), 'bob');
    assert.equal(await alices, 'logged-out');
    assert.deepEqual([asked.length, sent(api)], [1, ['bob', 'bob+mfa']]);
  }
});

test('b9 what began before a logout is not of who comes next', async (t) => {
  let late = wait(50).then(() => 'bob');
  const getToken = () => {
    const token = late ?? 'bob';
    late = undefined;
    return token;
  };
  const { api, call, pay } = await bank(t, { getToken });
  const alices = code(pay());
  call.forget();
  assert.equal(await (await pay()).text(), 'bob');
  assert.equal(await alices, 'logged-out');
  assert.deepEqual(sent(api), ['bob', 'bob+mfa']);
});

test('b9 a step-up ahead of nobody ends nothing of who logs in meanwhile', async (t) => {
  const answers = [wait(60).then(() => null), 'bob', 'bob', 'bob'];
  const stepper = () => wait(100);
  const { call, pay } = await bank(t, { getToken: () => answers.shift(), stepper });
  const [nobodys, bobs] = await Promise.all([code(call.stepUp(demand)), pay()]);
  assert.deepEqual([nobodys, await bobs.text()], ['logged-out', 'bob']);
});
