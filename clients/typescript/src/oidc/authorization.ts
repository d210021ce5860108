// Code flow with PKCE (RFC 7636), with what a challenge demands (RFC 9470 §4).

import type { StepUpChallenge } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import type { SteppedUpToken } from '../stepper.js';

/** What the token endpoint is asked for. */
export interface CodeGrant {
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly signal: AbortSignal;
}

export interface OidcOptions {
  /** The provider's, from its metadata or your settings: never from a challenge. */
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  /** A page of yours, as it is registered at the provider. */
  readonly redirectUri: string;
  readonly scope?: string;
  /** Compared with the `iss` that comes back (RFC 9207). */
  readonly issuer?: string;
  /** More for the authorization request. */
  readonly parameters?: (challenge: StepUpChallenge) => Readonly<Record<string, string>>;
  /** Exchanges the code, by yourself or by a library. */
  readonly exchange: (grant: CodeGrant) => Promise<SteppedUpToken>;
}

/** A request that was made, and what its answer is told by. */
export interface Authorization {
  readonly state: string;
  readonly codeVerifier: string;
}

/** The address to go to. */
export async function authorize(
  options: OidcOptions,
  challenge: StepUpChallenge,
): Promise<Authorization & { readonly address: URL }> {
  const [state, codeVerifier] = [random(), random()];
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  const { acrValues, maxAge, scope } = challenge;
  const address = new URL(options.authorizationEndpoint);
  const scopes = [options.scope ?? 'openid', ...scope].join(' ');
  const parameters = {
    response_type: 'code',
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    scope: scopes,
    state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== null && { max_age: String(maxAge) }),
    ...options.parameters?.(challenge),
  };
  for (const [name, value] of Object.entries(parameters)) {
    address.searchParams.set(name, value);
  }
  return { address, state, codeVerifier };
}

/** Whether this is what came back of that request. */
export function isAnswer(back: URL, { redirectUri }: OidcOptions, { state }: Authorization): boolean {
  const { origin, pathname } = new URL(redirectUri);
  const isThere = back.origin === origin && back.pathname === pathname;
  return isThere && back.searchParams.get('state') === state;
}

/** The token that came of it. */
export async function exchange(
  back: URL,
  options: OidcOptions,
  { codeVerifier }: Authorization,
  signal: AbortSignal,
): Promise<SteppedUpToken> {
  const [error, code, iss] = ['error', 'code', 'iss'].map((name) => back.searchParams.get(name));
  if (iss !== null && options.issuer !== undefined && iss !== options.issuer) {
    throw new StepUpError('failed', { cause: new Error('another issuer answered') });
  }
  if (error === 'unmet_authentication_requirements') {
    throw new StepUpError('unmet');
  }
  if (error === 'access_denied') {
    throw new StepUpError('denied');
  }
  if (typeof error === 'string' || typeof code !== 'string') {
    throw new StepUpError('failed', { cause: new Error(`the provider answered ${error}`) });
  }
  const { redirectUri } = options;
  return options.exchange({ code, codeVerifier, redirectUri, signal });
}

function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
