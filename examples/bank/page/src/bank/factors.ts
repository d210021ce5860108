// The authority's pages for a customer's own factors, as its `openapi.json` has them.

import { Problem, ask } from './api.js';

export interface Factor {
  readonly id: string;
  readonly method: string;
  readonly hint: string;
  readonly enrolled_at: number;
  readonly disabled: boolean;
}

export interface Factors {
  readonly factors: readonly Factor[];
  readonly enrollable: readonly string[];
  readonly signals?: { readonly webauthn?: object };
}

/** What an enrolment shows; which of it depends on the method. */
export interface Begun {
  readonly id: string;
  readonly prompt: { readonly publicKey?: PublicKeyCredentialCreationOptionsJSON };
  readonly secret: string;
  readonly otpauth_uri: string;
  readonly pairing_uri: string;
  /** An SVG without words. */
  readonly qr: string;
  readonly codes: readonly string[];
}

export function factors(signal?: AbortSignal): Promise<Factors> {
  return ask('GET', '/step-up/factors', signal ? { signal } : {});
}

export function begin(method: string, details: object, signal: AbortSignal): Promise<Begun> {
  return ask('POST', '/step-up/enrolments', { body: { method, ...details }, signal });
}

/** Shows that it works. */
export function finish(id: string, answer: object, signal: AbortSignal): Promise<void> {
  return ask('POST', `/step-up/enrolments/${id}`, { body: answer, signal });
}

/** Also where it is gone already: whoever asks again, after an answer was lost, has what they want. */
export async function remove(id: string, signal: AbortSignal): Promise<void> {
  try {
    await ask('DELETE', `/step-up/factors/${id}`, { signal });
  } catch (error) {
    if (!(error instanceof Problem && error.status === 404 && error.name !== '')) {
      throw error;
    }
  }
}

/** Tells the browser which passkeys are still good, so that it offers no others. */
export async function signalPasskeys(): Promise<void> {
  const key = globalThis.PublicKeyCredential as { signalAllAcceptedCredentials?: Signal } | undefined;
  const signals = (await factors().catch(() => undefined))?.signals?.webauthn;
  if (signals !== undefined) {
    await key?.signalAllAcceptedCredentials?.(signals).catch(() => {});
  }
}

type Signal = (all: object) => Promise<void>;
