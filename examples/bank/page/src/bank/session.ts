// Who is signed in, in this tab: over a reload of it, and no longer.

export interface Login {
  readonly user: string;
  readonly token: string;
}

/** Why it ended. */
export type Ending = Leaving | 'over' | 'anew' | 'closed';

/** The customer leaves; the bank has not heard of it yet, or cannot be told for now; or it has. */
type Leaving = 'signing-out' | 'unheard' | 'signed-out';

const NAME = 'bank.login';

/** Where a transfer is kept that was begun. */
export const DRAFT = 'bank.draft';

class Session extends EventTarget {
  #login = read();
  #ending: Ending | undefined;

  get login(): Login | undefined {
    return this.#login;
  }

  /** Why nobody is signed in, where somebody was. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  begin(login: Login): void {
    this.#login = login;
    this.#ending = undefined;
    sessionStorage.setItem(NAME, JSON.stringify(login));
    this.dispatchEvent(new Event('change'));
  }

  /** How far the customer's leaving is; where something else is shown by now, nothing. */
  become(leaving: Leaving): void {
    if (this.#ending === 'signing-out' || this.#ending === 'unheard') {
      this.#ending = leaving;
      this.dispatchEvent(new Event('leaving'));
    }
  }

  end(ending: Ending): void {
    if (this.#login !== undefined) {
      this.#login = undefined;
      this.#ending = ending;
      // Who did not mean to leave goes on with it.
      const draft = ending === 'over' || ending === 'anew' ? sessionStorage.getItem(DRAFT) : null;
      sessionStorage.clear();
      if (draft !== null) {
        sessionStorage.setItem(DRAFT, draft);
      }
      this.dispatchEvent(new Event('change'));
    }
  }
}

function read(): Login | undefined {
  try {
    const { user, token }: Partial<Login> = JSON.parse(sessionStorage.getItem(NAME) ?? '{}');
    return typeof user === 'string' && typeof token === 'string' ? { user, token } : undefined;
  } catch {
    return undefined;
  }
}

export const session = new Session();
