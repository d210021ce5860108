// The bank's API: one `fetch` that steps up, wherever it is called from.

import { StepUpError, authorityStepper, createStepUpFetch } from 'stepup-client';
import { StepUpDialog } from 'stepup-client/dialog';
import { recorded } from '../drawer/record.js';
import { session } from './session.js';

customElements.define('step-up-dialog', StepUpDialog);

const dialog = document.querySelector<StepUpDialog>('step-up-dialog')!;
dialog.texts = { methods: { ...dialog.texts.methods, push: 'Your phone' } };

const call = createStepUpFetch({
  getToken: () => session.login?.token,
  stepper: authorityStepper({ prompter: dialog, fetch: recorded }),
  fetch: recorded,
});

session.addEventListener('change', () => call.forget());

/** What the bank says is wrong (RFC 9457). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    /** What its `type` ends with. */
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
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) {
    return answer as T;
  }
  if (response.status === 401 && login !== undefined) {
    throw signedOut();
  }
  throw problem(response, answer);
}

function signedOut(): SignedOut {
  session.end('over');
  return new SignedOut();
}

function problem({ status, headers }: Response, answer: unknown): Problem {
  const { type = '', detail = '', attempts_left } = answer as Partial<ProblemBody>;
  const after = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const retryAfter = Number.isNaN(after) ? undefined : after;
  return new Problem(status, type.slice(type.lastIndexOf('/') + 1), detail, retryAfter, attempts_left);
}

interface ProblemBody {
  type: string;
  detail: string;
  attempts_left: number;
}
