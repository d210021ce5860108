import type { SteppedUpToken } from '../stepper.js';
import type { Api, Login } from './login.js';

/** One call, as often as it is sent. */
export class Call {
  readonly name: { readonly method: string; readonly url: string };
  readonly route: string;
  readonly isReplayable: boolean;
  readonly sentAt: number;

  constructor(
    readonly request: Request,
    private readonly given: { readonly input: RequestInfo | URL; readonly init?: RequestInit | undefined },
    readonly login: Login,
    readonly api: Api,
    readonly token: string,
  ) {
    const { origin, pathname } = new URL(request.url);
    this.name = { method: request.method, url: origin + pathname };
    this.route = `${this.name.method} ${this.name.url}`;
    this.isReplayable = !isStream(given.init?.body);
    this.sentAt = api.stepUps.now();
  }

  /** With a stepped-up token, or the login's. */
  toSend(stepped: SteppedUpToken | undefined): Request {
    const request = this.#anew();
    const { tokenType = 'Bearer', accessToken } = stepped ?? { accessToken: this.token };
    request.headers.set('authorization', `${tokenType} ${accessToken}`);
    return request;
  }

  #anew(): Request {
    const { input, init } = this.given;
    if (!this.isReplayable) {
      return this.request;
    }
    // A copy keeps the whole body in memory; a form has another boundary each time it is made.
    const isCopied = input instanceof Request || init?.body instanceof FormData;
    return isCopied ? this.request.clone() : new Request(this.request.url, init);
  }
}

/** What is read once, as it is sent, and then gone. */
function isStream(body: BodyInit | null | undefined): boolean {
  const isObject = typeof body === 'object' && body !== null;
  return isObject && (body instanceof ReadableStream || Symbol.asyncIterator in body);
}
