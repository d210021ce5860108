// An authority's pages for ceremonies, as its `openapi.json` has them.

import { unlessAborted } from '../abort.js';
import { text } from '../body.js';
import type { StepUpChallenge } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import type { Asked } from '../stepper.js';
import type { Factor } from './prompter.js';

export interface Ceremony {
  readonly id: string;
  readonly factors: readonly Factor[];
  /** The factors that have asked, by their ids. */
  readonly prompted?: readonly string[];
}

export interface TokenBody {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
}

export type State =
  | (Ceremony & { readonly status: 'pending' })
  | (TokenBody & { readonly status: 'verified' })
  | { readonly status: 'denied' | 'cancelled' | 'expired' };

/** What a factor shows before it is answered. */
export type Prompt = Readonly<Record<string, unknown>>;

/** There is no answer yet. */
export interface Waiting {
  readonly prompt?: Prompt;
  /** In seconds. */
  readonly retryAfter?: number | undefined;
}

/** The authority did not answer: it may or may not have heard. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

/** What the authority says is wrong (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    /** What its `type` ends with. */
    readonly type: string,
    readonly details: { attempts_left?: number; factors?: Factor[]; enrol?: string[] },
    /** In seconds. */
    readonly retryAfter: number | undefined,
  ) {
    super(`the authority answered ${status} ${type}`);
  }
}

/** As long as the slowest factor may take, twice. */
const PATIENCE = 15_000;
/** Longer than any answer of an authority. */
const MOST_BYTES = 256 * 1024;

export class AuthorityApi {
  /** The last that was sent. */
  #sent: string | undefined;

  constructor(
    private readonly base: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly asked: Asked,
  ) {}

  async begin(challenge: StepUpChallenge, without: readonly string[]): Promise<Ceremony> {
    const list = (words: readonly string[]) => (words.length > 0 ? words.join(' ') : null);
    const { acrValues, amrValues, maxAge } = challenge;
    const begun = await this.#json<Ceremony>('POST', 'ceremonies', {
      acr_values: list(acrValues),
      amr_values: list(amrValues),
      max_age: maxAge,
      without: list(without),
    });
    return ceremony(begun);
  }

  async state(id: string): Promise<State> {
    const state = await this.#json<State>('GET', `ceremonies/${id}`);
    return state.status === 'pending' ? { ...state, ...ceremony(state) } : state;
  }

  async prompt(id: string, factor: string): Promise<Prompt> {
    const path = `ceremonies/${id}/factors/${factor}`;
    const { prompt } = await this.#json<{ prompt?: Prompt }>('POST', path);
    return typeof prompt === 'object' && prompt !== null ? prompt : {};
  }

  /** The token, or what there is to show while there is no answer, and when to ask again. */
  async prove(id: string, answer: object): Promise<TokenBody | Waiting> {
    return this.#json('POST', `ceremonies/${id}/proof`, answer);
  }

  /** As well as it can be done; the ceremony ends by itself soon enough. */
  async cancel(id: string): Promise<void> {
    try {
      // After a logout there is no other.
      await this.#send('DELETE', `ceremonies/${id}`, this.#sent ?? (await this.#token()));
    } catch {
      // Nobody waits for it any more.
    }
  }

  /** Where it has to be fetched first, the network may be gone for that too. */
  async #token(): Promise<string> {
    try {
      return await this.asked.token();
    } catch (cause) {
      if (cause instanceof StepUpError) {
        throw cause;
      }
      throw new Lost('the token of the login cannot be had', { cause });
    }
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    const { signal } = this.asked;
    signal.throwIfAborted();
    return unlessAborted(this.#read<T>(method, path, body), signal);
  }

  async #read<T>(method: string, path: string, body?: object): Promise<T> {
    this.#sent = await this.#token();
    const response = await this.#send(method, path, this.#sent, body);
    let answer: unknown;
    try {
      const reader = response.body?.getReader();
      answer = JSON.parse(reader === undefined ? '' : await text(reader, MOST_BYTES));
    } catch (cause) {
      if (cause instanceof RangeError) {
        throw cause;
      }
      if (!(cause instanceof SyntaxError)) {
        throw new Lost('the answer did not arrive whole', { cause });
      }
      if (response.ok) {
        // Of whoever is in between, such as a network that wants a login of its own.
        throw new Lost('something else answered', { cause });
      }
    }
    const after = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    const retryAfter = Number.isNaN(after) ? undefined : after;
    const said = (typeof answer === 'object' && answer) || {};
    if (response.ok) {
      return { ...said, retryAfter } as T;
    }
    const details: Problem['details'] & { type?: unknown } = said;
    const type = typeof details.type === 'string' ? details.type : '';
    throw new Problem(response.status, type.slice(type.lastIndexOf('/') + 1), details, retryAfter);
  }

  async #send(method: string, path: string, token: string, body?: object): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${token}` });
    if (body !== undefined) {
      headers.set('content-type', 'application/json');
    }
    try {
      return await this.fetch(`${this.base}/${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE),
        cache: 'no-store',
        credentials: 'omit',
        // The token goes where it was set to go, and nowhere else.
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      });
    } catch (cause) {
      throw new Lost('the authority cannot be reached', { cause });
    }
  }
}

/** As it came, if it is one; its names go into addresses. */
function ceremony(body: Ceremony): Ceremony {
  const { id, factors } = body;
  const isFactor = (factor: Partial<Factor> | null) => {
    const isSaid = typeof factor?.method === 'string' && typeof factor.hint === 'string';
    return isSaid && isName(factor.id);
  };
  if (isName(id) && Array.isArray(factors) && factors.every(isFactor)) {
    return body;
  }
  throw new TypeError('what answers at `base` is no stepup-authority');
}

function isName(id: unknown): boolean {
  return typeof id === 'string' && /^[\w-]{1,128}$/.test(id);
}
