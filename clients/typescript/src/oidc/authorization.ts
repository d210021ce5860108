// Code flow with PKCE (RFC 7636), with what a challenge demands (RFC 9470 §4).

import { toBase64url } from '../base64url.js';
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
  /**
   * Compared with the `iss` that comes back (RFC 9207), which has to be there then: say it unless
   * your provider sends none.
   */
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
  const { acrValues, maxAge, scope, claims } = challenge;
  const address = new URL(options.authorizationEndpoint);
  const scopes = new Set([...(options.scope ?? 'openid').split(' '), ...scope]);
  const parameters = {
    response_type: 'code',
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    scope: [...scopes].join(' '),
    state,
    code_challenge: await sha256(codeVerifier),
    code_challenge_method: 'S256',
    ...(claims !== null ? { claims } : acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
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
  return isThere && one(back, 'state') === state;
}

/** The address without what the provider has put there. */
export function withoutAnswer(back: URL): string {
  const rest = new URL(back);
  PARAMETERS.forEach((name) => rest.searchParams.delete(name));
  return rest.pathname + rest.search + rest.hash;
}

const PARAMETERS = [
  'code',
  'state',
  'iss',
  'session_state',
  'error',
  'error_description',
  'error_uri',
];

/** A parameter that stands there once. */
function one(back: URL, name: string): string | undefined {
  const all = back.searchParams.getAll(name);
  return all.length === 1 ? all[0] : undefined;
}

/** The token that came of it. */
export async function exchange(
  back: URL,
  options: OidcOptions,
  { codeVerifier }: Authorization,
  signal: AbortSignal,
): Promise<SteppedUpToken> {
  const [error, code, iss] = ['error', 'code', 'iss'].map((name) => one(back, name));
  if (options.issuer !== undefined && iss !== options.issuer) {
    throw new StepUpError('failed', { cause: new Error('another issuer answered, or none that says so') });
  }
  if (error === 'unmet_authentication_requirements') {
    throw new StepUpError('unmet');
  }
  if (error === 'access_denied') {
    throw new StepUpError('denied');
  }
  if (error !== undefined || code === undefined) {
    // What it says is anybody's text: it is not repeated.
    const said = error !== undefined && /^[\w.-]{1,64}$/.test(error) ? error : 'nothing that fits';
    throw new StepUpError('failed', { cause: new Error(`the provider answered ${said}`) });
  }
  const { redirectUri } = options;
  return options.exchange({ code, codeVerifier, redirectUri, signal });
}

function random(): string {
  return toBase64url(crypto.getRandomValues(new Uint8Array(32)));
}

export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return toBase64url(digest);
}
