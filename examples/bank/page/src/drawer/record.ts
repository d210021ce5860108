// What goes over the wire, for the drawer: no password, no code and no token, only what a token
// says.

import { type StepUpChallenge, readStepUp } from 'stepup-client';
import { session } from '../bank/session.js';
import { type Claims, claimsOf } from './claims.js';

export interface Exchange {
  /** They are told in the order in which they were sent. */
  readonly id: number;
  readonly method: string;
  readonly path: string;
  /** In milliseconds, as `Date.now()` has it. */
  readonly at: number;
  /** How long it took, in milliseconds. */
  readonly took: number;
  /** 0, where no answer came. */
  readonly status: number;
  /** Why none came: the name of what was thrown. */
  readonly thrown?: string;
  /** It was refused before, and is sent with another token. */
  readonly isRepeat: boolean;
  /** What the token said that was sent along. */
  readonly sent: Claims | undefined;
  /** What the token says that came back. */
  readonly got: Claims | undefined;
  readonly challenge: StepUpChallenge | null;
  readonly answer: Answer;
  /** Of questions that are repeated until there is an answer. */
  times: number;
}

/** What of a JSON answer is told apart. */
export interface Answer {
  readonly type?: string;
  readonly detail?: string;
  readonly status?: string | number;
  readonly access_token?: string;
  readonly factors?: readonly { readonly method: string }[];
  readonly enrol?: readonly string[];
  readonly attempts_left?: number;
  readonly prompt?: Readonly<Record<string, unknown>>;
  readonly codes?: readonly string[];
}

/** More is not kept. */
export const MOST = 80;

class Exchanges extends EventTarget {
  #exchanges: Exchange[] = [];

  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  add(exchange: Exchange): void {
    const last = this.#exchanges.at(-1);
    const isSame = (name: 'method' | 'path' | 'status') => last?.[name] === exchange[name];
    if (last && isSame('method') && isSame('path') && isSame('status') && isPoll(exchange)) {
      last.times += 1;
    } else {
      const all = [...this.#exchanges, exchange].sort((one, other) => one.id - other.id);
      this.#exchanges = all.slice(-MOST);
    }
    this.dispatchEvent(new Event('change'));
  }

  clear(): void {
    this.#exchanges = [];
    this.dispatchEvent(new Event('change'));
  }
}

/** There is no answer yet, and it is asked again. */
export function isPoll({ status, path }: Exchange): boolean {
  return status === 202 || (status === 409 && path.includes('/enrolments/'));
}

export const record = new Exchanges();

let sent = 0;
let isRepeat = false;

/** What is sent next is what was refused before. */
export function repeats(): void {
  isRepeat = true;
}

/** `fetch`, and the record of it. */
export const recorded: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const about = {
    id: sent,
    isRepeat,
    method: request.method,
    path: new URL(request.url).pathname,
    at: Date.now(),
    sent: claimsOf(request.headers.get('authorization')?.replace(/^\S+ /, '')),
  };
  sent += 1;
  isRepeat = false;
  const { login } = session;
  // Who sits there next has nothing to do with it.
  const add = (exchange: Exchange) => {
    if (login === undefined || session.login === login) {
      record.add(exchange);
    }
  };
  const begun = performance.now();
  const took = () => Math.round(performance.now() - begun);
  try {
    const response = await fetch(request);
    const waited = took();
    // Read beside whoever asked, who need not wait for this.
    void answerOf(response.clone()).then((answer) => {
      const { status, headers } = response;
      const challenge = status === 401 ? challengeOf(headers) : null;
      const got = claimsOf(answer.access_token);
      add({ ...about, took: waited, status, got, challenge, answer: shown(answer), times: 1 });
    });
    return response;
  } catch (error) {
    const thrown = error instanceof Error ? error.name : '';
    const nothing = { got: undefined, challenge: null, answer: {}, thrown };
    add({ ...about, ...nothing, took: took(), status: 0, times: 1 });
    throw error;
  }
};

/** What cannot be read is for the call itself to complain of. */
function challengeOf(headers: Headers): StepUpChallenge | null {
  try {
    return readStepUp(headers.get('www-authenticate'));
  } catch {
    return null;
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const answer: unknown = await response.json().catch(() => ({}));
  return typeof answer === 'object' && answer !== null ? answer : {};
}

/** Nothing that is good for anything is kept. */
function shown({ type, detail, status, factors, enrol, attempts_left, prompt }: Answer): Answer {
  const methods = factors?.map(({ method }) => ({ method }));
  const asks = Object.fromEntries(Object.keys(prompt ?? {}).map((name) => [name, true]));
  const all = { type, detail, status, factors: methods, enrol, attempts_left, prompt: prompt && asks };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
