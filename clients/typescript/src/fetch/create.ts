import { type Dialect, type StepUpChallenge, keyOf, readStepUp } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import type { Stepper, SteppedUpToken } from '../stepper.js';
import { discard, refusesToken, takeReason } from './answer.js';
import type { StepUpEvent } from './events.js';
import { StepUps } from './step-ups.js';
import { type Kept, Tokens } from './tokens.js';

export interface StepUpFetchOptions {
  /** The token of the person's login, fresh at each call; none where nobody is logged in. */
  readonly getToken: () => Promise<string | null | undefined> | string | null | undefined;
  /** Has the person prove themselves. */
  readonly stepper: Stepper;
  /** The API's origins: only they get tokens, and only they are heeded. The page's unless said. */
  readonly origins?: readonly string[];
  /** What sends; the global one unless said. */
  readonly fetch?: typeof fetch;
  /** Is told what happens. */
  readonly onEvent?: (event: StepUpEvent) => void;
  /** Challenges that are heeded besides those of RFC 9470. */
  readonly dialects?: readonly Dialect[];
  /** How often within a minute somebody may be asked: 5 unless said. */
  readonly stepUpsPerMinute?: number;
  /** How many seconds they have: 300 unless said. */
  readonly stepUpSeconds?: number;
}

/** `fetch` for one API, which steps up where the API demands it. */
export interface StepUpFetch {
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Forgets all stepped-up tokens: at a logout, and before another person logs in. */
  forget(): void;
}

/** A `fetch` that sends the login's token, and a stepped-up one where the API demands it. */
export function createStepUpFetch(options: StepUpFetchOptions): StepUpFetch {
  const client = new Client(options);
  const call = (input: RequestInfo | URL, init?: RequestInit) => client.call(input, init);
  return Object.assign(call, { forget: () => client.forget() });
}

/** A kept token that does not suffice is followed by another so often before anybody is asked. */
const MOST_KEPT = 2;

class Client {
  readonly #options: StepUpFetchOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #fetch: typeof fetch;
  readonly #tokens = new Tokens();
  readonly #stepUps: StepUps;

  constructor(options: StepUpFetchOptions) {
    const { stepper, stepUpsPerMinute = 5, stepUpSeconds = 300 } = options;
    this.#options = options;
    this.#origins = originsOf(options.origins);
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    const limits = { perMinute: stepUpsPerMinute, milliseconds: stepUpSeconds * 1000 };
    this.#stepUps = new StepUps(stepper, this.#tokens, limits, (event) => this.#tell(event));
  }

  forget(): void {
    this.#tokens.clear();
    this.#stepUps.cancel();
  }

  async call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const isForApi = this.#origins.has(new URL(request.url).origin);
    if (!isForApi || request.headers.has('authorization')) {
      return this.#fetch(request);
    }
    const login = await this.#options.getToken();
    if (login === null || login === undefined) {
      this.forget();
      return this.#fetch(request);
    }
    const call = new Call(request, !isStream(init?.body), login);
    return this.#answered(call);
  }

  async #answered(call: Call): Promise<Response> {
    const { request } = call;
    const sentAt = this.#stepUps.now();
    let kept = this.#tokens.forRoute(call.route);
    let response = await this.#send(call, kept);
    if (kept !== undefined && !response.redirected && refusesToken(response)) {
      this.#tokens.drop(kept);
      kept = undefined;
      if (call.isReplayable) {
        discard(response);
        response = await this.#send(call, kept);
      }
    }
    let tried: StepUpChallenge | undefined;
    for (let sent = 0; ; sent += 1) {
      const challenge = this.#challenge(response);
      if (challenge === null) {
        return response;
      }
      if (kept !== undefined) {
        this.#tokens.drop(kept);
      }
      this.#tell({ type: 'challenged', challenge, ...call.name });
      if (tried !== undefined) {
        discard(response);
        const error = new StepUpError('asked-again', { challenge, tried });
        this.#stepUps.fail(tried, error);
        throw error;
      }
      // Behind a redirect something may have been done already.
      const isSafe = request.method === 'GET' || request.method === 'HEAD';
      if (!call.isReplayable || (response.redirected && !isSafe)) {
        discard(response);
        throw new StepUpError('not-replayable', { challenge });
      }
      this.#tokens.learn(call.route, challenge);
      kept = sent < MOST_KEPT ? this.#tokens.sufficient(challenge) : undefined;
      if (kept === undefined) {
        const reason = await takeReason(response);
        const token = async () => (await this.#options.getToken()) ?? call.login;
        const { signal } = request;
        kept = await this.#stepUps.join({ challenge, reason, token, signal, sentAt });
        tried = keyOf(kept.met) === keyOf(challenge) || sent >= MOST_KEPT ? challenge : undefined;
      } else {
        discard(response);
      }
      this.#tell({ type: 'repeated', challenge, ...call.name });
      response = await this.#send(call, kept);
      if (refusesToken(response)) {
        this.#tokens.drop(kept);
      }
    }
  }

  #send(call: Call, kept: Kept | undefined): Promise<Response> {
    const sent = call.isReplayable ? call.request.clone() : call.request;
    sent.headers.set('authorization', authorization(kept?.token, call.login));
    return this.#fetch(sent);
  }

  /** The step-up that one of the API's origins asks for. */
  #challenge(response: Response): StepUpChallenge | null {
    const isOfApi = !response.redirected || this.#origins.has(new URL(response.url).origin);
    const header = response.headers.get('www-authenticate');
    return response.status === 401 && isOfApi ? readStepUp(header, this.#options.dialects) : null;
  }

  #tell(event: StepUpEvent): void {
    this.#options.onEvent?.(event);
  }
}

class Call {
  readonly name: { readonly method: string; readonly url: string };
  readonly route: string;

  constructor(
    readonly request: Request,
    readonly isReplayable: boolean,
    readonly login: string,
  ) {
    const { origin, pathname } = new URL(request.url);
    this.name = { method: request.method, url: origin + pathname };
    this.route = `${this.name.method} ${this.name.url}`;
  }
}

function authorization(token: SteppedUpToken | undefined, login: string): string {
  const { tokenType = 'Bearer', accessToken } = token ?? { accessToken: login };
  return `${tokenType} ${accessToken}`;
}

/** What is read once, as it is sent, and then gone. */
function isStream(body: BodyInit | null | undefined): boolean {
  const isObject = typeof body === 'object' && body !== null;
  return isObject && (body instanceof ReadableStream || Symbol.asyncIterator in body);
}

function originsOf(given: readonly string[] | undefined): ReadonlySet<string> {
  const origins = (given ?? [globalThis.location?.origin ?? '']).map((text) => {
    const origin = originOf(text);
    if (origin === 'null') {
      throw new TypeError(
        `origins: "${text}" is no origin; give the API's, such as "https://api.example"`,
      );
    }
    return origin;
  });
  return new Set(origins);
}

function originOf(text: string): string {
  try {
    return new URL(text).origin;
  } catch {
    return 'null';
  }
}
