// What is done about what went wrong.

import { NotHere } from './answers.js';
import { Lost, Problem } from './api.js';
import { PasskeyFailed } from './passkey.js';
import type { Notice, Question } from './prompter.js';

/** How the conversation goes on. */
export type Turn =
  /** With the same question. */
  | { readonly to: 'same'; readonly notice: Notice }
  /** With all factors, with those but this one, or with another ceremony. */
  | { readonly to: 'factors' | 'others' | 'beginning'; readonly notice: Notice }
  /** With how the ceremony ended. */
  | { readonly to: 'end' }
  /** Not at all. */
  | { readonly to: 'failure' };

/** `asked` is what the person was asked last. */
export function turnAfter(error: unknown, asked?: Question['kind']): Turn {
  if (error instanceof Lost) {
    return { to: 'same', notice: { name: 'offline' } };
  }
  if (error instanceof PasskeyFailed) {
    return { to: 'same', notice: { name: 'passkey-failed' } };
  }
  if (error instanceof NotHere) {
    return { to: 'others', notice: { name: 'not-here' } };
  }
  return error instanceof Problem ? turnAfterProblem(error, asked) : { to: 'failure' };
}

function turnAfterProblem(problem: Problem, asked?: Question['kind']): Turn {
  const { type, retryAfter, details } = problem;
  const { attempts_left: attemptsLeft } = details;
  const wait = retryAfter === undefined ? {} : { retryAfter };
  switch (type) {
    case 'wrong-answer':
    case 'malformed-answer': {
      const left = attemptsLeft === undefined ? {} : { attemptsLeft };
      const name = asked === 'device' ? 'wrong-number' : 'wrong-answer';
      return { to: attemptsLeft === 0 ? 'beginning' : 'same', notice: { name, ...left } };
    }
    case 'too-many-messages':
    case 'not-sent':
    case 'factor-locked':
      return { to: 'factors', notice: { name: type, ...wait } };
    case 'prompt-over':
    case 'no-code-sent':
      return { to: 'factors', notice: { name: 'prompt-over' } };
    case 'factor-disabled':
      return { to: 'others', notice: { name: type } };
    case 'too-weak':
      return { to: 'others', notice: { name: 'not-here' } };
    case 'ceremony-over':
    case 'ceremony-proved':
      return { to: 'end' };
    case 'no-such-ceremony':
    case 'no-such-factor':
      return { to: 'beginning', notice: { name: 'begun-anew' } };
    default:
      return isDown(problem)
        ? { to: 'factors', notice: { name: 'unavailable', ...wait } }
        : { to: 'failure' };
  }
}

/** Whether it may be otherwise in a while. */
export function isDown(error: unknown): boolean {
  return error instanceof Problem && (error.status >= 500 || error.status === 408);
}

/** Nothing, where there is nothing any more. */
export function undefinedIfGone(error: unknown): undefined {
  if (error instanceof Problem && (error.status === 404 || error.status === 410)) {
    return undefined;
  }
  throw error;
}
