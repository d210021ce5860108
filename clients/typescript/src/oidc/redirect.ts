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
  sha256,
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

/** What outlives the page: the request that was made, for whom, and when the page went. */
interface Kept {
  readonly request?: Authorization & { readonly session?: string };
  readonly went: readonly number[];
}

/**
 * Steps up at an OpenID Provider, to which the page itself goes. The call ends with the page: when
 * the person is back, at `redirectUri`, make it again at once, and it gets through. Whether what
 * was got suffices is for the API to say. What another `session` asked for is thrown away.
 */
export function redirectStepper(options: RedirectOptions): Stepper {
  return async ({ challenge, session, signal }) => {
    const storage = options.storage ?? sessionStorageIfAny();
    if (storage === null) {
      throw new TypeError('redirectStepper: there is no `sessionStorage` here; give a `storage`');
    }
    const back = new URL(location.href);
    const { request: made, went } = read(storage);
    if (made !== undefined && isAnswer(back, options, made)) {
      storage.setItem(NAME, JSON.stringify({ went }));
      history.replaceState(history.state, '', withoutAnswer(back));
      if (made.session === (await digest(session))) {
        return exchange(back, options, made, signal);
      }
    }
    const now = Date.now();
    const lately = went.filter((at) => now - at < MINUTE);
    if (lately.length >= MOST_A_MINUTE) {
      throw new StepUpError('too-many', { retryAfter: Math.ceil((lately[0]! + MINUTE - now) / 1000) });
    }
    const { address, state, codeVerifier } = await authorize(options, challenge);
    const whose = await digest(session);
    const request = { state, codeVerifier, ...(whose !== undefined && { session: whose }) };
    const kept: Kept = { request, went: [...lately, now] };
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

/** Who it was is nobody's business who reads the storage. */
async function digest(session: string | undefined): Promise<string | undefined> {
  return session === undefined ? undefined : sha256(session);
}
