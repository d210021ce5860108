import type { StepUpChallenge } from './challenge/step-up.js';

/** Why a step-up came to nothing. */
export type StepUpErrorCode =
  /** The person said no, or closed the window. */
  | 'cancelled'
  /** It was refused on the person's own device, or by the provider. */
  | 'denied'
  /** Nothing that the person has enrolled reaches what is demanded. */
  | 'unmet'
  /** Nobody finished it in time. */
  | 'timed-out'
  /** There were too many of late. */
  | 'too-many'
  /**
   * The person is logged in no more, or the authority does not know their login. Another token from
   * `getToken` is another login, unless `session` says whose it is.
   */
  | 'logged-out'
  /** After a step-up the resource server asked again. */
  | 'asked-again'
  /** The request cannot be sent a second time. */
  | 'not-replayable'
  /** The resource server's challenge cannot be read, or asks for two step-ups that differ. */
  | 'malformed'
  /** The browser let no window open. */
  | 'popup-blocked'
  /** Anything else; see `cause`. */
  | 'failed';

const SENTENCES: Record<StepUpErrorCode, string> = {
  cancelled: 'the step-up was cancelled; offer the action again',
  denied: 'the step-up was refused on the other device or by the provider',
  unmet: 'no factor of the user reaches what is demanded; have them enrol one',
  'timed-out': 'nobody finished the step-up in time; offer the action again',
  'too-many': 'there were too many step-ups of late; wait, see `retryAfter` and `stepUpsPerMinute`',
  'logged-out': 'the user is not logged in any more, or their token was renewed without a `session`; have them log in, and begin the action anew',
  'asked-again': 'the resource server asks again after a step-up; compare what it demands with what the issuer grants',
  'not-replayable': 'the request cannot be sent again: its body was a stream, or it was redirected; begin the action anew',
  malformed: 'the challenge is malformed and nothing was done about it; report it to the API\'s operator, see `cause`',
  'popup-blocked': 'the browser let no window open; step up from a click',
  failed: 'the step-up failed; see `cause`',
};

export interface StepUpErrorDetails {
  /** What was demanded. */
  challenge?: StepUpChallenge | undefined;
  /** With `asked-again`: what was demanded first, and tried. */
  tried?: StepUpChallenge | undefined;
  /** With `unmet`: methods that would do, were they enrolled. */
  enrol?: readonly string[];
  /** With `too-many`: in seconds, where it is known. */
  retryAfter?: number | undefined;
  cause?: unknown;
}

/** A call that needed a step-up and did not get through. It holds no token. */
export class StepUpError extends Error {
  override readonly name = 'StepUpError';
  readonly code: StepUpErrorCode;
  /** What was demanded. */
  readonly challenge: StepUpChallenge | undefined;
  /** With `asked-again`: what was demanded first, and tried. */
  readonly tried: StepUpChallenge | undefined;
  /** With `unmet`: methods that would do, were they enrolled. */
  readonly enrol: readonly string[];
  /** With `too-many`: in seconds, where it is known. */
  readonly retryAfter: number | undefined;

  constructor(code: StepUpErrorCode, details: StepUpErrorDetails = {}) {
    super(SENTENCES[code], details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.challenge = details.challenge;
    this.tried = details.tried;
    this.enrol = details.enrol ?? [];
    this.retryAfter = details.retryAfter;
  }
}
