// What a demonstration tells everybody: who is made up, and where their mail is.

export interface DemoUser {
  readonly user: string;
  readonly name: string;
  readonly password: string;
  readonly totp_secret: string;
}

export interface Demo {
  /** Those whose accounts are open. */
  readonly users: readonly DemoUser[];
  /** Mail is shown, and not sent. */
  readonly outbox: boolean;
}

/** In milliseconds. */
const PATIENCE = 10_000;

let asked: Promise<Demo | undefined> | undefined;

/** Nothing, where the bank is none. Whoever asks at the same time gets the same answer. */
export function demo(): Promise<Demo | undefined> {
  asked ??= ask().finally(() => (asked = undefined));
  return asked;
}

async function ask(): Promise<Demo | undefined> {
  try {
    // No part of the bank: it gets no token.
    const response = await fetch('/demo', { signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
