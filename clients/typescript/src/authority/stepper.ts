import { Turns, within } from '../abort.js';
import { keyOf } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import { trusted } from '../origin.js';
import type { Asked, SteppedUpToken, Stepper } from '../stepper.js';
import { AuthorityApi, type Prompt } from './api.js';
import { canAskForPasskey } from './passkey.js';
import type { Prompter } from './prompter.js';
import { Bookmark, type CeremonyStorage, sessionStorageIfAny } from './resume.js';
import { Walk } from './walk.js';

/** Has a factor of the service's own answered: gets what it shows, gives the answer's members. */
export type Answerer = (prompt: Prompt, signal: AbortSignal) => Promise<object>;

export interface AuthorityStepperOptions {
  /** Holds the conversation with the person, such as a `<step-up-dialog>`. */
  readonly prompter: Prompter;
  /** Where the authority's paths begin: `/step-up` on the page's host unless said. */
  readonly base?: string;
  /** By method, for factors that are answered neither by a code, a passkey nor on a device. */
  readonly answerers?: Readonly<Record<string, Answerer>>;
  readonly fetch?: typeof fetch;
  /** Where a ceremony's name outlives the page: `sessionStorage` unless said. Never a token. */
  readonly storage?: CeremonyStorage | null;
}

/** Whoever is asked by several steppers is asked by one at a time. */
const TURNS = new WeakMap<Prompter, Turns>();

/** Steps up by the ceremonies of a `stepup-authority`. */
export function authorityStepper(options: AuthorityStepperOptions): Stepper {
  const { prompter, answerers = {}, storage = sessionStorageIfAny() } = options;
  const address = trusted('base', options.base ?? '/step-up', globalThis.location?.href);
  const base = (address.origin + address.pathname).replace(/\/+$/, '');
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const turns = TURNS.get(prompter) ?? new Turns();
  TURNS.set(prompter, turns);

  async function converse(asked: Asked, cancel: () => void): Promise<SteppedUpToken> {
    asked.signal.throwIfAborted();
    const api = new AuthorityApi(base, send, asked);
    const bookmark = new Bookmark(storage, `${base} ${keyOf(asked.challenge)}`);
    const without = 'webauthn' in answerers || canAskForPasskey() ? [] : ['webauthn'];
    const walk = new Walk(asked, api, prompter, bookmark, answerers, without);
    prompter.begin?.(cancel);
    try {
      return await walk.run();
    } finally {
      prompter.done();
    }
  }

  return (asked) =>
    within(asked.signal, (over) => {
      const cancel = () => over.abort(new StepUpError('cancelled'));
      return turns.take(() => converse({ ...asked, signal: over.signal }, cancel));
    });
}
