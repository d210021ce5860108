import { type Ending, session } from './session.js';

/** In seconds, between one try and the next. The last is for all that follow. */
const PAUSES = [1, 5, 30];

/** For one answer, in milliseconds. */
const PATIENCE = 20_000;

/** Logins that ended here, and of which the bank has not heard it. */
let unheard = 0;

/** Signs out, here at once, and at the bank as soon as it hears of it. */
export function signOut(ending: Ending = 'signing-out'): void {
  const { login } = session;
  session.end(ending);
  if (login !== undefined) {
    void tell(login.token);
  }
}

/** Until the bank has heard of it, the token is good for whoever has it. */
async function tell(token: string): Promise<void> {
  unheard += 1;
  for (let tries = 0; !(await isHeard(token)); tries += 1) {
    session.become('unheard');
    await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]!);
  }
  unheard -= 1;
  if (unheard === 0) {
    session.become('signed-out');
  }
}

/** Not for the drawer: who sits there next has nothing to do with it. */
async function isHeard(token: string): Promise<boolean> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(PATIENCE);
    // The tab may be closed before there is an answer.
    const { ok, status } = await fetch('/logout', { method: 'POST', headers, keepalive: true, signal });
    return ok || status === 401;
  } catch {
    return false;
  }
}

/** So long, or until there is a connection again. */
function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      resolve();
    };
    const timer = setTimeout(end, seconds * 1000);
    window.addEventListener('online', end);
  });
}
