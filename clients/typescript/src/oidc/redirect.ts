import { type CeremonyStorage, sessionStorageIfAny } from '../authority/resume.js';
import { unlessAborted } from '../abort.js';
import { keyOf } from '../challenge/step-up.js';
import type { Stepper } from '../stepper.js';
import { type Authorization, type OidcOptions, authorize, exchange, isAnswer } from './authorization.js';

const NAME = 'stepup.authorization';

export interface RedirectOptions extends OidcOptions {
  /** Where the request outlives the page: `sessionStorage` unless said. Never a token. */
  readonly storage?: CeremonyStorage | null;
}

/**
 * Steps up at an OpenID Provider, to which the page itself goes. The call ends with the page: when
 * the person is back, at `redirectUri`, make it again at once, and it gets through.
 */
export function redirectStepper(options: RedirectOptions): Stepper {
  const storage = options.storage ?? sessionStorageIfAny();
  return async ({ challenge, signal }) => {
    const purpose = keyOf(challenge);
    const back = new URL(location.href);
    const before = read(storage);
    if (before?.purpose === purpose && isAnswer(back, options, before)) {
      storage?.removeItem(NAME);
      history.replaceState(history.state, '', back.pathname);
      return exchange(back, options, before, signal);
    }
    const { address, state, codeVerifier } = await authorize(options, challenge);
    storage?.setItem(NAME, JSON.stringify({ purpose, state, codeVerifier }));
    location.assign(address);
    return unlessAborted(new Promise<never>(() => {}), signal);
  };
}

function read(storage: CeremonyStorage | null): (Authorization & { purpose: string }) | undefined {
  const text = storage?.getItem(NAME);
  return text ? JSON.parse(text) : undefined;
}
