// What belongs to one person's login, and ends with it.

import { Turns } from '../abort.js';
import { StepUpError } from '../errors.js';
import { type StepUpSettings, StepUps } from './step-ups.js';
import { Tokens } from './tokens.js';

/** What was got for one of the API's origins, and is sent to no other. */
export interface Api {
  readonly origin: string;
  readonly tokens: Tokens;
  readonly stepUps: StepUps;
}

export class Login {
  readonly #apis = new Map<string, Api>();
  readonly #turns = new Turns();
  readonly #over = new AbortController();
  /** What they log in with, where the page does not say whose it is. */
  #token: string | undefined;

  constructor(
    /** Whose it is, where the page says it. */
    readonly session: string | undefined,
    private readonly settings: StepUpSettings,
  ) {}

  /** Whether this is its token. Where the page does not say whose it is, another one is another's. */
  takes(token: string): boolean {
    if (this.session !== undefined) {
      return true;
    }
    this.#token ??= token;
    return this.#token === token;
  }

  /** Whether it is told by this token. */
  isKnownBy(token: string): boolean {
    return this.#token === token;
  }

  /** Whether anything was sent with it. */
  get isInUse(): boolean {
    return this.#apis.size > 0;
  }

  /** Aborted at the logout. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  at(origin: string): Api {
    const known = this.#apis.get(origin);
    if (known !== undefined) {
      return known;
    }
    const tokens = new Tokens();
    const api = { origin, tokens, stepUps: new StepUps(this.settings, tokens, this.#turns) };
    this.#apis.set(origin, api);
    return api;
  }

  end(): void {
    const reason = new StepUpError('logged-out');
    this.#over.abort(reason);
    this.#apis.forEach(({ stepUps }) => stepUps.end(reason));
  }
}
