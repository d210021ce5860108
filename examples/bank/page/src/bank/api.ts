// The bank's API: one `fetch` that steps up, wherever it is called from.

import { StepUpError, authorityStepper, createStepUpFetch } from 'stepup-client';
import { StepUpDialog } from 'stepup-client/dialog';
import { recorded, repeats } from '../drawer/record.js';
import { help } from './help.js';
import { type Ending, type Login, session } from './session.js';

customElements.define('step-up-dialog', StepUpDialog);

const dialog = document.querySelector<StepUpDialog>('step-up-dialog')!;
const { title } = dialog.texts;

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
  onEvent({ type }) {
    if (type === 'repeated') {
      repeats();
    } else if (type === 'step-up-begun') {
      void help(dialog);
    }
  },
});

session.addEventListener('change', () => call.forget());

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
    /** How new the login has to be, in seconds. */
    readonly maxAge: number | undefined,
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
  /** What the dialog says is done once the person has confirmed who they are. */
  readonly confirms?: string;
  /** Why the session ends, if the login is no longer good. */
  readonly ending?: Ending | undefined;
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
  const { confirms, ending } = sent;
  const response = await confirming(confirms, call(path, init)).catch((error: unknown) => {
    throw error instanceof StepUpError && error.code === 'logged-out' ? signedOut(login, ending) : error;
  });
  if (response.status === 204) {
    return undefined as T;
  }
  if (response.ok) {
    return response.json();
  }
  if (response.status === 401 && login !== undefined) {
    throw signedOut(login, ending);
  }
  throw problem(response, await response.json().catch(() => ({})));
}

/** Has the dialog say what is confirmed, while it may be asked for. */
async function confirming(what: string | undefined, answer: Promise<Response>): Promise<Response> {
  if (what === undefined) {
    return answer;
  }
  dialog.texts = { title: what };
  return answer.finally(() => (dialog.texts = { title }));
}

/** Ends the session of this login, and not one that was begun since. */
function signedOut(login: Login | undefined, ending: Ending = 'over'): SignedOut {
  if (session.login === login) {
    session.end(ending);
  }
  return new SignedOut();
}

function problem({ status, headers }: Response, answer: unknown): Problem {
  const { type, detail, attempts_left, max_age }: Partial<ProblemBody> = Object(answer);
  const after = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const retryAfter = Number.isNaN(after) ? undefined : after;
  const name = String(type ?? '').replace(/.*\//, '');
  return new Problem(status, name, String(detail ?? ''), retryAfter, attempts_left, max_age);
}

interface ProblemBody {
  type: string;
  detail: string;
  attempts_left: number;
  max_age: number;
}
