import type { StepUpChallenge } from '../challenge/step-up.js';
import type { StepUpError } from '../errors.js';

/**
 * What happens, for logs and figures. Nothing in it is secret; what an API wrote into a challenge is
 * in it as it came.
 */
export type StepUpEvent =
  /** A call was refused for now; its address is without its query. */
  | { type: 'challenged'; challenge: StepUpChallenge; method: string; url: string }
  /** A call was refused with a challenge that cannot be read. */
  | { type: 'malformed'; error: StepUpError; method: string; url: string }
  /** The person is being asked. */
  | { type: 'step-up-begun'; challenge: StepUpChallenge }
  | { type: 'step-up-done'; challenge: StepUpChallenge }
  | { type: 'step-up-failed'; challenge: StepUpChallenge; error: StepUpError }
  /** A call is sent again. */
  | { type: 'repeated'; challenge: StepUpChallenge; method: string; url: string };
