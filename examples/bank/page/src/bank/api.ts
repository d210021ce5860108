// The bank's API: one `fetch` that steps up, wherever it is called from.

import { StepUpError, authorityStepper, createStepUpFetch } from 'stepup-client';
import { StepUpDialog } from 'stepup-client/dialog';
import { recorded, repeats } from '../drawer/record.js';
import { session } from './session.js';

customElements.define('step-up-dialog', StepUpDialog);

const dialog = document.querySelector<StepUpDialog>('step-up-dialog')!;
dialog.texts = { methods: { ...dialog.texts.methods, push: 'Your phone' } };

/** For one answer, in milliseconds. */
const PATIENCE = 20_000;

const inTime: typeof fetch = (input, init) => {
  const request = new Request(input, init);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE)]);
  return recorded(request, { signal });
};

const call = createStepUpFetch({
  getToken: () => session.login?.token,
  session: () => session.login?.user,
  stepper: authorityStepper({ prompter: dialog, fetch: recorded }),
  fetch: inTime,
  onEvent: ({ type }) => type === 'repeated' && repeats(),
});

session.addEventListener('change', () => call.forget());

/** Signs out, here at once, and at the bank as soon as it hears of it. */
export function signOut(): void {
  const { login } = session;
  session.end('signed-out');
  if (login !== undefined) {
    const headers = { authorization: `Bearer ${login.token}` };
    // The tab may be closed before there is an answer.
    recorded('/logout', { method: 'POST', headers, keepalive: true }).catch(() => {});
  }
}

/** What the bank says is wrong (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** What its `type` ends with; empty, if somebody between us and the bank said no. */
    readonly name: string,
    readonly detail: string,
    /** In seconds. */
    readonly retryAfter: number | undefined,
    readonly attemptsLeft: number | undefined,
  ) {
    super(detail);
  }
}

/** The login is no longer good. */
export class SignedOut extends Error {}

export interface Sent {
  readonly body?: object;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the API, and has the person step up where it demands that. */
export async function ask<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  const headers = new Headers({ accept: 'application/json', ...sent.headers });
  const init: RequestInit = { method, headers, signal: sent.signal ?? null };
  if (sent.body !== undefined) {
    headers.set('content-type', 'application/json');
    init.body = JSON.stringify(sent.body);
  }
  const { login } = session;
  const response = await call(path, init).catch((error: unknown) => {
    throw error instanceof StepUpError && error.code === 'logged-out' ? signedOut() : error;
  });
  if (response.status === 204) {
    return undefined as T;
  }
  if (response.ok) {
    return response.json();
  }
  if (response.status === 401 && login !== undefined) {
    throw signedOut();
  }
  throw problem(response, await response.json().catch(() => ({})));
}

function signedOut(): SignedOut {
  session.end('over');
  return new SignedOut();
}

function problem({ status, headers }: Response, answer: unknown): Problem {
  const { type, detail, attempts_left }: Partial<ProblemBody> = Object(answer);
  const after = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const retryAfter = Number.isNaN(after) ? undefined : after;
  const name = String(type ?? '').replace(/.*\//, '');
  return new Problem(status, name, String(detail ?? ''), retryAfter, attempts_left);
}

interface ProblemBody {
  type: string;
  detail: string;
  attempts_left: number;
}
