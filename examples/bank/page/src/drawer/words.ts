// What an exchange means, in a sentence.

import type { StepUpChallenge } from 'stepup-client';
import { wait } from '../ui/format.js';
import { type Exchange, isPoll } from './record.js';

const LEVELS: Readonly<Record<string, string>> = {
  'single-factor': 'one factor',
  mfa: 'a second factor',
  phr: 'a factor that resists phishing, such as a passkey',
  phrh: 'a hardware key that resists phishing',
};

/** What the methods of a token stand for (RFC 8176). */
const METHODS: Readonly<Record<string, string>> = {
  pwd: 'a password',
  otp: 'a code',
  swk: 'a key kept in software',
  hwk: 'a key kept in hardware',
  user: 'a touch',
  pop: 'a key',
  mca: 'another channel',
  mfa: 'more than one factor',
};

/** How a login was done. */
export function methods(amr: readonly string[]): string {
  return amr.map((method) => METHODS[method] ?? method).join(', ');
}

/** By the name of what was thrown. */
const UNANSWERED: Readonly<Record<string, string>> = {
  AbortError: 'Nobody waited for the answer any more.',
  TimeoutError: 'No answer came in time.',
};

/** What a challenge demands. */
export function demand({ acrValues, maxAge, amrValues, scope }: StepUpChallenge): string {
  const [least] = acrValues;
  const parts = [
    least === undefined ? [] : [LEVELS[least] ?? `the level ${least}`],
    amrValues.length === 0 ? [] : [`the methods ${amrValues.join(' and ')}`],
    scope.length === 0 ? [] : [`the scope ${scope.join(' ')}`],
  ].flat();
  const what = parts.length === 0 ? 'a sign-in' : parts.join(', ');
  return maxAge === null ? what : `${what}, proved in the last ${wait(maxAge)}`;
}

export function inWords(exchange: Exchange): string {
  const { method, path, status, challenge, answer, sent, got } = exchange;
  if (status === 0) {
    return UNANSWERED[exchange.thrown ?? ''] ?? 'No answer came: there is no connection.';
  }
  if (challenge !== null) {
    return `Refused for now, and nothing was done: this takes ${demand(challenge)}.`;
  }
  if (isPoll(exchange)) {
    return 'There is no answer yet.';
  }
  if (status >= 400) {
    return refused(exchange);
  }
  switch (`${method} ${path.replace(/\/[cef]_[\w-]+/g, '/*')}`) {
    case 'POST /login':
      return `Signed in with a password: a token of the level ${got?.acr ?? '?'}.`;
    case 'POST /step-up/ceremonies':
      return `A step-up begins. It offers ${list(answer.factors?.map((factor) => factor.method))}.`;
    case 'GET /step-up/ceremonies/*':
      return `How does the step-up stand? ${String(answer.status)}.`;
    case 'DELETE /step-up/ceremonies/*':
      return 'The step-up is given up.';
    case 'POST /step-up/ceremonies/*/factors/*':
      return asked(answer.prompt);
    case 'POST /step-up/ceremonies/*/proof':
      return `Right. Here is a second token, stepped up to ${got?.acr ?? '?'}.`;
    case 'POST /step-up/enrolments':
      return 'A new way to confirm is being set up. That takes a fresh proof of who you are.';
    case 'POST /step-up/enrolments/*':
      return 'It works, and counts from now on.';
    case 'GET /step-up/factors':
      return 'Which ways to confirm are set up?';
    case 'DELETE /step-up/factors/*':
      return 'It is removed, and what it proved counts no more.';
  }
  const token = sent === undefined ? '' : ` with a token of the level ${sent.acr}`;
  return exchange.isRepeat ? `The same request again,${token}: done.` : `Done${token}.`;
}

function refused({ status, answer }: Exchange): string {
  if (answer.enrol !== undefined) {
    return `Nothing that is set up reaches this. What would: ${list(answer.enrol)}.`;
  }
  const left = answer.attempts_left;
  const attempts = left === undefined ? '' : ` ${left} more attempt${left === 1 ? '' : 's'}.`;
  return `${answer.detail ?? `Refused with ${status}.`}${attempts}`;
}

function asked(prompt: Exchange['answer']['prompt'] = {}): string {
  if ('publicKey' in prompt) {
    return 'The browser is given something to sign with a passkey.';
  }
  return 'number' in prompt
    ? 'The phone is asked. The number that is to be typed there came back.'
    : 'A code was sent.';
}

function list(words: readonly string[] = []): string {
  return words.length === 0 ? 'nothing' : [...new Set(words)].join(', ');
}
