// A device: a key that never leaves this browser, and the page of the authority that it is known
// at.

import { type Pairing, type Request, digest, random, requestOf, sign } from './wire.js';

/** As it is kept. */
export interface Paired {
  readonly page: string;
  readonly name: string;
  /** Whose it is, once something was asked. */
  readonly account?: string;
  /** Not extractable: the browser signs with it, and gives it to nobody. */
  readonly key: CryptoKey;
}

/** A request, and the text that it came as. */
export interface Asked {
  readonly request: Request;
  readonly text: string;
}

/** What the authority says is wrong, by the end of its `type`. */
export class Refused extends Error {
  constructor(
    readonly name: string,
    /** Its clock, in seconds. */
    readonly now: number | undefined,
    /** Whether it may be taken if it is sent again. */
    readonly isForNow: boolean,
  ) {
    super(name);
  }
}

/** How far the authority's clock is ahead of this one, in seconds. */
let ahead = 0;

export function now(): number {
  return Math.floor(Date.now() / 1000) + ahead;
}

export async function pair({ page, secret }: Pairing, name: string): Promise<Paired> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign']);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const claims = { aud: page, secret, key: { kty, crv, x, y }, name };
  await post(page, await sign(pair.privateKey, 'stepup-push-pairing+jwt', claims));
  return { page, name, key: pair.privateKey };
}

/** What is asked of it. */
export async function poll(device: Paired, isSecond = false): Promise<Asked[]> {
  const { page: aud, key } = device;
  const jwt = await sign(key, 'stepup-push-poll+jwt', { aud, iat: now(), jti: random() });
  try {
    const headers = { authorization: `Stepup-Device ${jwt}` };
    const { requests } = await answer(await fetch(`${aud}/requests`, { headers, cache: 'no-store' }));
    return (requests as string[]).flatMap((text) => {
      const request = requestOf(text);
      return request === undefined ? [] : [{ request, text }];
    });
  } catch (error) {
    const theirs = error instanceof Refused ? error.now : undefined;
    const isOff = theirs !== undefined && Math.abs(theirs - now()) > 30;
    if (!isOff || isSecond) {
      throw error;
    }
    ahead += theirs - now();
    return poll(device, true);
  }
}

/** Says yes, with the number that stands on the other screen; without one, no. */
export async function reply(device: Paired, { request, text }: Asked, number?: string): Promise<void> {
  const { page: aud, key } = device;
  const decision = number === undefined ? { decision: 'deny' } : { decision: 'approve', number };
  const claims = { aud, request: request.id, shown: await digest(text), ...decision };
  await post(`${aud}/requests/${request.id}`, await sign(key, 'stepup-push-reply+jwt', claims));
}

async function post(url: string, jwt: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await answer(await fetch(url, { method: 'POST', headers, body: JSON.stringify({ jwt }) }));
}

async function answer(response: Response): Promise<{ readonly requests?: unknown }> {
  const body = await response.json();
  if (!response.ok) {
    const type = String(body.type);
    const isForNow = response.status >= 500 || response.status === 429;
    throw new Refused(type.slice(type.lastIndexOf('/') + 1), body.now, isForNow);
  }
  return body;
}
