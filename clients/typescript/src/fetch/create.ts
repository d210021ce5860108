import { unlessAborted } from '../abort.js';
import { type Dialect, type StepUpChallenge, keyOf, readStepUp } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import { trusted } from '../origin.js';
import type { Stepper } from '../stepper.js';
import { discard, refusesToken, takeReason } from './answer.js';
import { Call, copied } from './call.js';
import type { StepUpEvent } from './events.js';
import { Login } from './login.js';
import type { StepUpSettings } from './step-ups.js';
import type { Kept } from './tokens.js';

export interface StepUpFetchOptions {
  /**
   * The token of the person's login, fresh at each call; none where nobody is logged in. Another
   * token is another login, unless `session` says whose it is.
   */
  readonly getToken: () => Promise<string | null | undefined> | string | null | undefined;
  /** Has the person prove themselves. */
  readonly stepper: Stepper;
  /** The API's origins: only they get tokens, and only they are heeded. The page's unless said. */
  readonly origins?: readonly string[];
  /**
   * Who is logged in, such as their `sub`: where it changes, all is forgotten. Needed where a login's
   * token is renewed.
   */
  readonly session?: () => string | null | undefined;
  /** What sends; the global one unless said. */
  readonly fetch?: typeof fetch;
  /** Is told what happens. */
  readonly onEvent?: (event: StepUpEvent) => void;
  /** Challenges that are heeded besides those of RFC 9470. */
  readonly dialects?: readonly Dialect[];
  /** How often within a minute somebody may be asked for an origin: 5 unless said. */
  readonly stepUpsPerMinute?: number;
  /** How many seconds they have: 300 unless said. */
  readonly stepUpSeconds?: number;
}

export interface StepUpOptions {
  /** Which of the API's origins it is for: the first unless said. */
  readonly origin?: string;
  readonly signal?: AbortSignal;
}

/** `fetch` for one API, which steps up where the API demands it. */
export interface StepUpFetch {
  (input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Steps up ahead of a call, as from the click that a window needs. */
  stepUp(challenge: StepUpChallenge, options?: StepUpOptions): Promise<void>;
  /**
   * Forgets all stepped-up tokens and ends what waits for one, at once: at a logout. Where another
   * token or `session` shows that somebody else is logged in it happens by itself, at the next call.
   */
  forget(): void;
}

/** A `fetch` that sends the login's token, and a stepped-up one where the API demands it. */
export function createStepUpFetch(options: StepUpFetchOptions): StepUpFetch {
  const client = new Client(options);
  const call = (input: RequestInfo | URL, init?: RequestInit) => client.call(input, init);
  return Object.assign(call, {
    stepUp: (challenge: StepUpChallenge, more: StepUpOptions = {}) => client.stepUp(challenge, more),
    forget: () => client.forget(),
  });
}

/** What timers can count: 2^31 milliseconds. */
const MOST = 2_147_483;

function countable(option: string, number: number): void {
  if (!(number > 0 && number <= MOST)) {
    throw new TypeError(`${option}: ${number} cannot be counted to; give more than 0, and ${MOST} at most`);
  }
}

/** A call is sent so often at most, and all but the last were refused before a handler ran. */
const MOST_SENDINGS = 4;

class Client {
  readonly #options: StepUpFetchOptions;
  readonly #origins: readonly string[];
  readonly #fetch: typeof fetch;
  readonly #settings: StepUpSettings;
  #login: Login;
  /** Aborted when somebody is known to have logged out. */
  #logout = new AbortController();

  constructor(options: StepUpFetchOptions) {
    const { stepper, stepUpsPerMinute: perMinute = 5, stepUpSeconds = 300 } = options;
    this.#options = options;
    const origins = options.origins ?? [globalThis.location?.origin ?? ''];
    if (origins.length === 0) {
      throw new TypeError('origins: none is named; name the API\'s, as "https://api.example"');
    }
    countable('stepUpsPerMinute', perMinute);
    countable('stepUpSeconds', stepUpSeconds);
    this.#origins = origins.map((text) => trusted('origins', text).origin);
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
    const tell = (event: StepUpEvent) => this.#tell(event);
    this.#settings = { stepper, perMinute, milliseconds: stepUpSeconds * 1000, tell };
    this.#login = new Login(this.#session(), this.#settings);
  }

  forget(): void {
    this.#logout.abort(new StepUpError('logged-out'));
    this.#logout = new AbortController();
    this.#begin();
  }

  async call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const { origin } = new URL(request.url);
    if (!this.#origins.includes(origin) || request.headers.has('authorization')) {
      return this.#fetch(request);
    }
    // Both as they are now: a logout, and the caller, may change them while the token is fetched.
    const body = copied(init?.body);
    const entered = await this.#entered(request.signal);
    if (entered === undefined) {
      return this.#fetch(request);
    }
    const { token, login } = entered;
    return this.#answered(new Call(request, body, login, login.at(origin), token));
  }

  async stepUp(challenge: StepUpChallenge, { origin, signal }: StepUpOptions): Promise<void> {
    const asked = origin === undefined ? this.#origins[0]! : new URL(origin).origin;
    if (!this.#origins.includes(asked)) {
      throw new TypeError(`stepUp: "${asked}" is none of the API's origins`);
    }
    const over = signal ?? new AbortController().signal;
    const login = await this.#knownLogin(over);
    // They may have logged out since.
    this.#currentLogin();
    login.signal.throwIfAborted();
    const { tokens, stepUps } = login.at(asked);
    if (tokens.sufficient(challenge) === undefined) {
      const token = this.#tokenOf(login);
      const { session } = login;
      const caller = { challenge, origin: asked, session, token, reason: undefined };
      await stepUps.join({ ...caller, signal: over, sentAt: stepUps.now() });
      await this.#stillIn(login, over);
    }
  }

  async #answered(call: Call): Promise<Response> {
    const { tokens } = call.api;
    let demanded: StepUpChallenge | undefined;
    let reason = Promise.resolve<string | undefined>(undefined);
    let tried: StepUpChallenge | undefined;
    let kept = tokens.forRoute(call.route);
    for (let sendings = 1; ; sendings += 1) {
      const response = await this.#send(call, kept);
      const challenge = this.#challenge(call, response);
      if (challenge === null) {
        if (kept === undefined || response.redirected) {
          return response;
        }
        if (!refusesToken(response, this.#options.dialects)) {
          return response;
        }
        tokens.drop(kept);
        if (tried !== undefined || !call.isReplayable || sendings === MOST_SENDINGS) {
          return response;
        }
        discard(response);
      } else {
        if (kept !== undefined) {
          tokens.fellShort(kept, challenge);
        }
        this.#heed(challenge, call, response, tried);
        demanded = challenge;
        // Now: an answer that refuses a kept token afterwards does not say why one is asked for.
        reason = takeReason(response);
      }
      const isLast = sendings === MOST_SENDINGS - 1;
      kept = isLast || demanded === undefined ? undefined : tokens.sufficient(demanded);
      if (kept === undefined && demanded !== undefined) {
        kept = await this.#stepUp(call, demanded, reason);
        tried = isLast || keyOf(kept.met) === keyOf(demanded) ? demanded : undefined;
      }
      await this.#stillIn(call.login, call.request.signal);
      if (demanded !== undefined) {
        this.#tell({ type: 'repeated', challenge: demanded, ...call.name });
      }
    }
  }

  /** Whether it can be acted on; throws where it cannot. */
  #heed(
    challenge: StepUpChallenge,
    call: Call,
    response: Response,
    tried: StepUpChallenge | undefined,
  ): void {
    this.#tell({ type: 'challenged', challenge, ...call.name });
    if (tried !== undefined) {
      discard(response);
      const error = new StepUpError('asked-again', { challenge, tried });
      call.api.stepUps.fail(tried, error);
      throw error;
    }
    // Of a stream too: the next one is sent with what is got for this.
    call.api.tokens.learn(call.route, challenge);
    // Behind a redirect something may have been done already.
    const isSafe = call.request.method === 'GET' || call.request.method === 'HEAD';
    if (!call.isReplayable || (response.redirected && !isSafe)) {
      discard(response);
      throw new StepUpError('not-replayable', { challenge });
    }
  }

  async #stepUp(
    { login, api, request: { signal }, sentAt }: Call,
    challenge: StepUpChallenge,
    said: Promise<string | undefined>,
  ): Promise<Kept> {
    const reason = await unlessAborted(unlessAborted(said, signal), login.signal);
    const { origin, stepUps } = api;
    const { session } = login;
    const token = this.#tokenOf(login);
    return stepUps.join({ challenge, origin, reason, session, token, signal, sentAt });
  }

  /** Of who is logged in, as long as they are. */
  #tokenOf(login: Login): () => Promise<string> {
    return async () => {
      const token = await this.#token();
      if (token === undefined) {
        this.#end(login);
      } else {
        this.#loginOf(token, login);
      }
      login.signal.throwIfAborted();
      return token!;
    };
  }

  /** The login's token, and whose it is, for what has sent nothing yet; none where nobody is logged in. */
  async #entered(signal: AbortSignal): Promise<{ token: string; login: Login } | undefined> {
    const asked = this.#currentLogin();
    const { isInUse } = asked;
    const logout = this.#logout.signal;
    const token = await unlessAborted(this.#token(), signal);
    if (token === undefined) {
      // A login that began meanwhile is another.
      if (isInUse) {
        this.#end(asked);
      }
      return undefined;
    }
    // They may be named since the token came.
    const now = this.#currentLogin();
    logout.throwIfAborted();
    if (asked.session !== undefined || now.session === undefined) {
      return { token, login: this.#loginOf(token, asked) };
    }
    // Nobody said whose it is: it is theirs who are named now, if it is what they send.
    const again = await unlessAborted(this.#token(), signal);
    logout.throwIfAborted();
    if (again !== token) {
      throw new StepUpError('logged-out');
    }
    return { token, login: now };
  }

  /** Whose this token is, which was asked for in that login. */
  #loginOf(token: string, asked: Login): Login {
    if (this.#login === asked && !asked.takes(token)) {
      this.#begin();
      this.#login.takes(token);
    }
    // Another call may have brought the same token by now, and so ended the login before.
    if (this.#login !== asked && !this.#login.isKnownBy(token)) {
      asked.signal.throwIfAborted();
    }
    return this.#login;
  }

  /** Of who is logged in now, by their token where the page does not say it. */
  async #knownLogin(signal: AbortSignal): Promise<Login> {
    const login = this.#currentLogin();
    if (login.session !== undefined) {
      return login;
    }
    const entered = await unlessAborted(this.#entered(signal), this.#logout.signal);
    if (entered === undefined) {
      throw new StepUpError('logged-out');
    }
    return entered.login;
  }

  /** Throws where somebody else is logged in by now, or nobody is. */
  async #stillIn(login: Login, signal: AbortSignal): Promise<void> {
    if (login.session === undefined) {
      await unlessAborted(unlessAborted(this.#tokenOf(login)(), signal), login.signal);
    }
    this.#currentLogin();
    login.signal.throwIfAborted();
  }

  #send(call: Call, kept: Kept | undefined): Promise<Response> {
    this.#currentLogin();
    call.login.signal.throwIfAborted();
    return this.#fetch(call.toSend(kept?.token));
  }

  /** The step-up that is asked for by where the token went. */
  #challenge({ api, name }: Call, response: Response): StepUpChallenge | null {
    const isOfApi = !response.redirected || new URL(response.url).origin === api.origin;
    if (response.status !== 401 || !isOfApi) {
      return null;
    }
    try {
      return readStepUp(response.headers.get('www-authenticate'), this.#options.dialects);
    } catch (cause) {
      discard(response);
      const error = new StepUpError('malformed', { cause });
      this.#tell({ type: 'malformed', error, ...name });
      throw error;
    }
  }

  /** The login's, where somebody is logged in. */
  async #token(): Promise<string | undefined> {
    const token = (await this.#options.getToken()) ?? undefined;
    this.#currentLogin();
    return token;
  }

  #session(): string | undefined {
    return this.#options.session?.() ?? undefined;
  }

  /** Of who is logged in now, by what the page says. */
  #currentLogin(): Login {
    const { session } = this.#login;
    if (session !== this.#session()) {
      // Who is named only now may be who was meant before: they have not logged out.
      session === undefined ? this.#begin() : this.forget();
    }
    return this.#login;
  }

  /** Another login, of which nothing is known but its session. */
  #begin(): void {
    this.#login.end();
    this.#login = new Login(this.#session(), this.#settings);
  }

  /** Nobody is logged in any more. */
  #end(login: Login): void {
    if (this.#login === login) {
      this.forget();
    }
  }

  /** A mistake in who is told is reported, and no reason to end a call. */
  #tell(event: StepUpEvent): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      (globalThis.reportError ?? console.error)(error);
    }
  }
}
