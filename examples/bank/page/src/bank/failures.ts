// What a customer is told when something came to nothing.

import { StepUpError } from 'stepup-client';
import { wait } from '../ui/format.js';
import { Problem, SignedOut } from './api.js';

const STEP_UPS = {
  cancelled: 'You cancelled.',
  denied: 'This was refused on your phone.',
  unmet: 'None of the ways that you have set up is strong enough for this.',
  'timed-out': 'That took too long.',
  'too-many': 'This was begun very often of late.',
  'logged-out': 'You are signed out.',
  'asked-again': 'You confirmed, and it was not enough. Sign out, sign in and try again.',
  'not-replayable': 'This has to be begun anew.',
  'popup-blocked': 'Your browser let no window open.',
  failed: 'We could not ask you to confirm this. Try again in a while.',
} as const;

/** What happened, in a sentence or two. */
export function sentence(error: unknown): string {
  if (error instanceof SignedOut) {
    return 'You are signed out.';
  }
  if (error instanceof StepUpError) {
    return STEP_UPS[error.code] + later(error.code === 'too-many' ? (error.retryAfter ?? 60) : undefined);
  }
  if (error instanceof Problem) {
    return (error.detail || 'That did not work.') + later(error.retryAfter);
  }
  return error instanceof TypeError ? 'There is no connection to the bank.' : 'That did not work.';
}

function later(seconds: number | undefined): string {
  return seconds === undefined ? '' : ` Try again in ${wait(seconds)}.`;
}

/** Nothing went wrong: the customer turned away. */
export function isOwnWish(error: unknown): boolean {
  return error instanceof StepUpError && error.code === 'cancelled';
}

/** What would do, were it set up; nothing, where that is not what is wrong. */
export function missing(error: unknown): readonly string[] {
  return error instanceof StepUpError && error.code === 'unmet' ? error.enrol : [];
}
