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
    private readonly body: Body,
    readonly login: Login,
    readonly api: Api,
    readonly token: string,
  ) {
    const { origin, pathname } = new URL(request.url);
    this.name = { method: request.method, url: origin + pathname };
    this.route = `${this.name.method} ${this.name.url}`;
    this.isReplayable = body !== 'stream';
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
    if (this.body === 'stream') {
      return this.request;
    }
    if (this.body === 'within') {
      return this.request.clone();
    }
    // Both are reset where something else is given.
    const { referrer, referrerPolicy } = this.request;
    return new Request(this.request, { body: this.body.copy, referrer, referrerPolicy });
  }
}

/** `within` is in the request alone, whose copy has to keep the whole of it in memory. */
export type Body = { readonly copy: string | Blob | ArrayBuffer } | 'within' | 'stream';

/** A body as it is now: what its owner does to it afterwards changes nothing. */
export function copied(body: BodyInit | null | undefined): Body {
  if (typeof body === 'string' || body instanceof Blob) {
    return { copy: body };
  }
  if (body instanceof URLSearchParams) {
    return { copy: body.toString() };
  }
  if (body instanceof ArrayBuffer) {
    return { copy: body.slice(0) };
  }
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body;
    return { copy: new Uint8Array(buffer, byteOffset, byteLength).slice().buffer };
  }
  return isStream(body) ? 'stream' : 'within';
}

/** What is read once, as it is sent, and then gone. */
function isStream(body: BodyInit | null | undefined): boolean {
  const isObject = typeof body === 'object' && body !== null;
  return isObject && (body instanceof ReadableStream || Symbol.asyncIterator in body);
}
