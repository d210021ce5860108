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
  /** All that the challenge says. Nothing in it is an address to go to. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A provider's challenges that are not those of the standard. */
export type Dialect = 'okta' | 'entra';

/**
 * The step-up that a `WWW-Authenticate` header asks for. `null` where it asks for none, where it
 * cannot be read, and where it asks for two that differ: nobody is bothered by a guess.
 */
export function readStepUp(
  header: string | null,
  dialects: readonly Dialect[] = [],
): StepUpChallenge | null {
  try {
    const options = { unquotedAddresses: dialects.includes('okta') };
    const wishes = readChallenges(header ?? '', options).flatMap((challenge) => {
      const acrValues = demanded(challenge, dialects);
      return acrValues === null ? [] : [wish(challenge, acrValues)];
    });
    const [first, ...others] = wishes;
    const isClear = others.every((other) => keyOf(other) === keyOf(first!));
    return first !== undefined && isClear ? first : null;
  } catch (error) {
    if (error instanceof MalformedChallenge) {
      return null;
    }
    throw error;
  }
}

/** The same for challenges that demand the same. */
export function keyOf({ acrValues, maxAge, amrValues, scope }: StepUpChallenge): string {
  return JSON.stringify([acrValues, maxAge, amrValues, scope]);
}

/** The levels of a challenge that asks for a step-up. */
function demanded({ parameters }: AuthChallenge, dialects: readonly Dialect[]): string[] | null {
  switch (parameters.get('error')) {
    case 'insufficient_user_authentication':
      return words(parameters.get('acr_values'));
    case 'insufficient_authentication_context':
      return dialects.includes('okta') ? words(parameters.get('acr_values')) : null;
    case 'insufficient_claims':
      return dialects.includes('entra') ? contexts(parameters.get('claims')) : null;
    default:
      return null;
  }
}

function wish({ scheme, parameters }: AuthChallenge, acrValues: string[]): StepUpChallenge {
  return {
    scheme,
    acrValues,
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
function contexts(claims = ''): string[] | null {
  try {
    const request: unknown = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    const { value, values } = (request as ContextRequest).access_token.acrs;
    const named: unknown = values ?? [value];
    const isList = Array.isArray(named) && named.length > 0;
    return isList && named.every((one) => typeof one === 'string') ? named : null;
  } catch {
    return null;
  }
}

interface ContextRequest {
  access_token: { acrs: { value?: unknown; values?: unknown } };
}
