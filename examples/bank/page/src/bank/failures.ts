// What a customer is told when something came to nothing.

import { StepUpError } from 'stepup-client';
import { wait } from '../ui/format.js';
import { Problem, SignedOut } from './api.js';

const STEP_UPS = {
  cancelled: 'You cancelled.',
  denied: 'This was refused on your phone.',
  'timed-out': 'That took too long.',
  'too-many': 'This was begun very often of late.',
  'logged-out': 'You are signed out.',
  'asked-again': 'You confirmed, and it was not enough. Sign out, sign in and try again.',
  'not-replayable': 'This has to be begun anew.',
  malformed: 'We could not read what the bank asks for. Try again in a while.',
  'popup-blocked': 'Your browser let no window open.',
  failed: 'We could not ask you to confirm this. Try again in a while.',
} as const;

const UNMET = 'None of the ways that you have set up is strong enough for this.';

/** What the authority does not say, but the dialog that was at the last of them. */
const NONE_LEFT =
  'The way that you tried cannot be used any more, and there is no other for this. Look under Security.';

/** Nothing would do that this browser has: all that it can leave out are passkeys. */
const UNUSABLE =
  'This takes a passkey, and this browser cannot use one. Do it in another browser, or on your phone.';

const LEFT_OUT = 'If you have a passkey: this browser cannot use it, and another one can.';

/** Where nobody said what it was. */
const STATUSES: Readonly<Record<number, string>> = {
  413: 'The bank does not take that much at once.',
  429: 'This was asked for very often of late.',
};

/** What happened, in a sentence or two. */
export function sentence(error: unknown): string {
  if (error instanceof SignedOut) {
    return 'You are signed out.';
  }
  if (error instanceof StepUpError) {
    const after = error.code === 'too-many' ? (error.retryAfter ?? 60) : undefined;
    return error.code === 'unmet' ? unmet(error) : STEP_UPS[error.code] + later(after);
  }
  if (error instanceof Problem) {
    const { status, name, detail, retryAfter } = error;
    // Its own sentence is for those who know what a ceremony is.
    const said = name === 'too-many-ceremonies' ? '' : detail;
    const own = status >= 500 ? 'The bank cannot do this at the moment.' : said;
    return (own || STATUSES[status] || 'That did not work.') + later(retryAfter);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return 'The bank takes too long to answer.';
  }
  if (error instanceof SyntaxError) {
    return 'The answer cannot be read.';
  }
  return error instanceof TypeError ? 'There is no connection to the bank.' : 'That did not work.';
}

/** Nothing would do, or nothing is left of what would. */
function unmet(error: StepUpError): string {
  const isGone = error.cause === undefined;
  if (typeof PublicKeyCredential === 'function') {
    return isGone ? NONE_LEFT : UNMET;
  }
  return !isGone && error.enrol.length === 0 ? UNUSABLE : `${isGone ? NONE_LEFT : UNMET} ${LEFT_OUT}`;
}

/** A few seconds are over once this is read. */
function later(seconds = 0): string {
  return seconds < 5 ? '' : ` Try again in ${wait(seconds)}.`;
}

/** The bank said no, and did nothing. After all other failures nobody knows. */
export function isRefused(error: unknown): boolean {
  const isOfBank = error instanceof Problem && error.status < 500 && error.name !== '';
  return isOfBank || error instanceof StepUpError || error instanceof SignedOut;
}

/** Nothing went wrong: the customer turned away. */
export function isOwnWish(error: unknown): boolean {
  return error instanceof StepUpError && error.code === 'cancelled';
}

/** What would do, were it set up; nothing, where that is not what is wrong. */
export function missing(error: unknown): readonly string[] {
  return error instanceof StepUpError && error.code === 'unmet' ? error.enrol : [];
}
