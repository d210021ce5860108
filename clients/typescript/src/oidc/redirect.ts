import { type CeremonyStorage, sessionStorageIfAny } from '../authority/resume.js';
import { unlessAborted } from '../abort.js';
import { StepUpError } from '../errors.js';
import type { Stepper } from '../stepper.js';
import {
  type Authorization,
  type OidcOptions,
  authorize,
  exchange,
  isAnswer,
  withoutAnswer,
} from './authorization.js';

const NAME = 'stepup.authorization';
const MINUTE = 60_000;
/** The page's memory ends with each: this is counted where the request is kept. */
const MOST_A_MINUTE = 3;

export interface RedirectOptions extends OidcOptions {
  /** Where the request outlives the page: `sessionStorage` unless said. Never a token. */
  readonly storage?: CeremonyStorage;
}

/** What outlives the page: the request that was made, and when the page went. */
interface Kept {
  readonly request?: Authorization;
  readonly went: readonly number[];
}

/**
 * Steps up at an OpenID Provider, to which the page itself goes. The call ends with the page: when
 * the person is back, at `redirectUri`, make it again at once, and it gets through. Whether what
 * was got suffices is for the API to say.
 */
export function redirectStepper(options: RedirectOptions): Stepper {
  return async ({ challenge, signal }) => {
    const storage = options.storage ?? sessionStorageIfAny();
    if (storage === null) {
      throw new TypeError('redirectStepper: there is no `sessionStorage` here; give a `storage`');
    }
    const back = new URL(location.href);
    const { request, went } = read(storage);
    if (request !== undefined && isAnswer(back, options, request)) {
      storage.setItem(NAME, JSON.stringify({ went }));
      history.replaceState(history.state, '', withoutAnswer(back));
      return exchange(back, options, request, signal);
    }
    const now = Date.now();
    const lately = went.filter((at) => now - at < MINUTE);
    if (lately.length >= MOST_A_MINUTE) {
      throw new StepUpError('too-many', { retryAfter: Math.ceil((lately[0]! + MINUTE - now) / 1000) });
    }
    const { address, state, codeVerifier } = await authorize(options, challenge);
    const kept: Kept = { request: { state, codeVerifier }, went: [...lately, now] };
    storage.setItem(NAME, JSON.stringify(kept));
    location.assign(address);
    return unlessAborted(new Promise<never>(() => {}), signal);
  };
}

function read(storage: CeremonyStorage): Kept {
  try {
    const { request, went }: Kept = JSON.parse(storage.getItem(NAME) ?? '');
    const isKept = Array.isArray(went) && went.every((at) => typeof at === 'number');
    return isKept ? { went, ...(request && { request }) } : { went: [] };
  } catch {
    return { went: [] };
  }
}
