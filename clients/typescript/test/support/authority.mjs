// An authority whose answers a test decides, and a person whose replies it decides too.

import assert from 'node:assert/strict';
import { authorityStepper } from 'stepup-client';

export const token = { access_token: 'stepped-up', token_type: 'Bearer', expires_in: 60 };
export const factor = (method, id = `f_${method}`) => ({ id, method, level: 'mfa', hint: '' });
export const begun = (...factors) => [201, { id: 'c_1', expires_in: 600, factors }];
export const problem = (status, name, more = {}) => [status, { type: `https://x/problems/${name}`, ...more }];

/** Lets each answer of the authority's, and each reply of the person's, be written down. */
export function scene({ answers, replies, ...options }) {
  const requests = [];
  const questions = [];
  const stored = new Map(options.stored);
  const storage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  };
  let done = 0;
  const stepper = authorityStepper({
    base: 'https://bank.example/step-up/',
    storage,
    fetch: async (url, init) => {
      const { method, body, headers } = init;
      options.told?.(init);
      const path = url.replace('https://bank.example/step-up/', '');
      requests.push(`${method} ${path}${body === undefined ? '' : ` ${body}`}`);
      assert.equal(headers.get('authorization'), 'Bearer login');
      if (method === 'DELETE') {
        return new Response(null, { status: 204 });
      }
      const answer = answers.shift();
      assert.ok(answer, `${method} ${path} was not expected`);
      if (answer === 'lost') {
        throw new TypeError('fetch failed');
      }
      const [status, json, more] = answer;
      return Response.json(json, { status, headers: more });
    },
    prompter: {
      async ask(question) {
        questions.push(question);
        const reply = replies.shift();
        assert.ok(reply, `${question.kind} was not expected`);
        return typeof reply === 'function' ? reply(question) : reply;
      },
      done: () => (done += 1),
    },
    ...options,
  });
  const { signal = new AbortController().signal } = options;
  const demand = { acrValues: ['mfa'], maxAge: 300, amrValues: [], scope: [], claims: null, ...options.demand };
  const challenge = { scheme: 'Bearer', ...demand, parameters: new Map() };
  const asked = { challenge, origin: 'https://bank.example', signal, reason: 'money', token: options.token ?? (async () => 'login') };
  const run = async () => {
    try {
      return await stepper(asked);
    } catch (error) {
      return error.code ?? error;
    } finally {
      assert.equal(done, 1);
      assert.deepEqual(answers, []);
      assert.deepEqual([...stored.keys()], []);
    }
  };
  return { run, requests, questions, stored };
}

export const code = (code) => ({ do: 'answer', code });
export const pick = (at) => (question) => ({ do: 'choose', factor: question.factors[at] });
export const stepped = { accessToken: 'stepped-up', tokenType: 'Bearer', expiresIn: 60 };
