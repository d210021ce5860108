// What a challenge demands (RFC 9470 §3).

import { type AuthChallenge, MalformedChallenge, readChallenges } from './read.js';

/** What a resource server demands. Everything in it has to be met. */
export interface StepUpChallenge {
  /** `Bearer` or `DPoP`, as it was written. */
  readonly scheme: string;
  /** Of these one, the preferred one first; any, where there is none. */
  readonly acrValues: readonly string[];
  /** How many seconds ago the user may have proved themselves at most. */
  readonly maxAge: number | null;
  /** All of these methods. */
  readonly amrValues: readonly string[];
  /** All of these scopes. */
  readonly scope: readonly string[];
  /** Entra's claims request, as it goes to the provider (OpenID Connect Core §5.5). */
  readonly claims: string | null;
  /** All that the challenge says, in the server's words. Nothing in it is an address to go to. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A provider's challenges that are not those of the standard. */
export type Dialect = 'okta' | 'entra';

/**
 * The step-up that a `WWW-Authenticate` header asks for, if it asks for one.
 *
 * @throws {MalformedChallenge} What cannot be read, and two that differ: nobody is bothered by a
 * guess.
 */
export function readStepUp(
  header: string | null,
  dialects: readonly Dialect[] = [],
): StepUpChallenge | null {
  const options = { unquotedAddresses: dialects.includes('okta') };
  const wishes = readChallenges(header ?? '', options).flatMap((challenge) => {
    const levels = demanded(challenge, dialects);
    return levels === null ? [] : [wish(challenge, levels)];
  });
  const [first, ...others] = wishes;
  if (others.some((other) => keyOf(other) !== keyOf(first!))) {
    throw new MalformedChallenge('it asks for two different step-ups');
  }
  return first ?? null;
}

/** The same for challenges that demand the same. */
export function keyOf({ acrValues, maxAge, amrValues, scope, claims }: StepUpChallenge): string {
  return JSON.stringify([acrValues, maxAge, amrValues, scope, claims]);
}

interface Levels {
  readonly acrValues: string[];
  readonly claims: string | null;
}

/** The levels of a challenge that asks for a step-up. */
function demanded({ parameters }: AuthChallenge, dialects: readonly Dialect[]): Levels | null {
  const standard = { acrValues: words(parameters.get('acr_values')), claims: null };
  switch (parameters.get('error')) {
    case 'insufficient_user_authentication':
      return standard;
    case 'insufficient_authentication_context':
      return dialects.includes('okta') ? standard : null;
    case 'insufficient_claims':
      return dialects.includes('entra') ? contexts(parameters.get('claims')) : null;
    default:
      return null;
  }
}

function wish({ scheme, parameters }: AuthChallenge, levels: Levels): StepUpChallenge {
  return {
    scheme,
    ...levels,
    maxAge: seconds(parameters.get('max_age')),
    amrValues: words(parameters.get('amr_values')),
    scope: words(parameters.get('scope')),
    parameters,
  };
}

function words(text = ''): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function seconds(text: string | undefined): number | null {
  if (text === undefined) {
    return null;
  }
  // 2^53: what a number can count exactly.
  if (!/^[0-9]+$/.test(text) || BigInt(text) > 2n ** 53n) {
    throw new MalformedChallenge('`max_age` is no number of seconds');
  }
  return Number(text);
}

/** Entra's authentication contexts, from its `claims`: base64 of a claims request (OIDC §5.5). */
function contexts(parameter = ''): Levels | null {
  try {
    const claims = decoded(parameter);
    const { acrs } = (JSON.parse(claims) as ContextRequest).access_token;
    const several = Array.isArray(acrs.values) ? (acrs.values as unknown[]) : [];
    const named = 'value' in acrs ? [acrs.value, ...several] : several;
    const isNamed = named.length > 0 && named.every((one) => typeof one === 'string');
    return isNamed ? { acrValues: named as string[], claims } : null;
  } catch {
    return null;
  }
}

interface ContextRequest {
  access_token: { acrs: { value?: unknown; values?: unknown } };
}

/** Base64 in either alphabet, of UTF-8. */
function decoded(base64: string): string {
  const standard = base64.replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = atob(standard);
  if (btoa(bytes).replace(/=+$/, '') !== standard) {
    throw new TypeError('it is no base64');
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
