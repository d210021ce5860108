import type { StepUpChallenge } from './challenge/step-up.js';

/** A step-up that is asked for. */
export interface Asked {
  /** What is demanded. */
  readonly challenge: StepUpChallenge;
  /** Whose challenge it is, of the API's origins. */
  readonly origin: string;
  /** Who is logged in, where the page says it (`session`). */
  readonly session?: string;
  /** Why, in words for the person, where the resource server said it. Show it as text. */
  readonly reason?: string;
  /** The token of the person's login. */
  token(): Promise<string>;
  /** Aborted when nobody waits for it any more, and when its time is over. */
  readonly signal: AbortSignal;
}

/** A token that came of a step-up. */
export interface SteppedUpToken {
  readonly accessToken: string;
  /** The scheme that it is sent with: `Bearer` unless said. */
  readonly tokenType?: string;
  /** How many seconds it is good, more than none; kept until it is refused, unless said. */
  readonly expiresIn?: number;
}

/**
 * Has the person prove themselves.
 *
 * Whether the token suffices is for the resource server to say. Fails with a `StepUpError`; any
 * other error becomes the `cause` of one.
 */
export type Stepper = (asked: Asked) => Promise<SteppedUpToken>;
