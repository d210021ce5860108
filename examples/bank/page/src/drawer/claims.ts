/** What a token says about the login that it comes of. */
export interface Claims {
  readonly sub: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** When the person proved themselves, in seconds. */
  readonly auth_time: number;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Reads a token, for a developer's eyes. Nothing depends on it: to a client a token is opaque
 * (RFC 9470 §4), and what it says counts where its signature is verified.
 */
export function claimsOf(token: string | undefined): Claims | undefined {
  try {
    const payload = token!.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    const claims: Partial<Claims> = JSON.parse(new TextDecoder().decode(bytes));
    const { sub = '', acr = '', amr = [], auth_time = 0, iat = 0, exp = 0 } = claims;
    return { sub, acr, amr, auth_time, iat, exp };
  } catch {
    return undefined;
  }
}
