// The stepped-up tokens of one API: in memory, beside each other, by what they were asked for. What
// is in them is not looked at: to a client a token is opaque (RFC 9470 §4).

import { type StepUpChallenge, keyOf } from '../challenge/step-up.js';
import type { SteppedUpToken } from '../stepper.js';

export interface Kept {
  readonly token: SteppedUpToken;
  /** What it was asked for. */
  readonly met: StepUpChallenge;
  readonly at: number;
}

/** Who calls more than that begins to ask anew. */
const MOST_TOKENS = 32;
const MOST_ROUTES = 1000;

export class Tokens {
  #kept: Kept[] = [];
  /** The login that they came of may be older than they are. */
  readonly #old = new WeakSet<Kept>();
  /** What was demanded last at each route. */
  readonly #demanded = new Map<string, StepUpChallenge>();

  /** @throws {TypeError} It is no token. */
  keep(met: StepUpChallenge, token: SteppedUpToken): Kept {
    check(token);
    const kept = { token, met, at: Date.now() };
    const others = this.#kept.filter((other) => keyOf(other.met) !== keyOf(met));
    this.#kept = [...others, kept].slice(-MOST_TOKENS);
    return kept;
  }

  drop(kept: Kept): void {
    this.#kept = this.#kept.filter((other) => other !== kept);
  }

  /** It was sent, and this was demanded nevertheless. */
  fellShort(kept: Kept, challenge: StepUpChallenge): void {
    if (!this.#suffices(kept, challenge)) {
      // It was got for less, and is still good for that.
      return;
    }
    if (kept.met.maxAge === null && challenge.maxAge !== null) {
      this.#old.add(kept);
    } else {
      this.drop(kept);
    }
  }

  learn(route: string, challenge: StepUpChallenge): void {
    this.#demanded.delete(route);
    this.#demanded.set(route, challenge);
    if (this.#demanded.size > MOST_ROUTES) {
      const [oldest] = this.#demanded.keys();
      this.#demanded.delete(oldest!);
    }
  }

  /** What a route that has demanded something before is sent. */
  forRoute(route: string): Kept | undefined {
    const demanded = this.#demanded.get(route);
    return demanded && this.sufficient(demanded);
  }

  /** The narrowest of those that were asked for no less. */
  sufficient(challenge: StepUpChallenge): Kept | undefined {
    this.#kept = this.#kept.filter(isGood);
    return this.#kept.filter((kept) => this.#suffices(kept, challenge)).sort(byReach)[0];
  }

  #suffices(kept: Kept, wanted: StepUpChallenge): boolean {
    const { met, at } = kept;
    const isOneOf = met.acrValues.length > 0 && includes(wanted.acrValues, met.acrValues);
    const isFresh = (maxAge: number) => !this.#old.has(kept) && Date.now() - at < maxAge * 1000;
    return (
      (wanted.acrValues.length === 0 || isOneOf) &&
      (wanted.claims === null || wanted.claims === met.claims) &&
      (wanted.maxAge === null || isFresh(wanted.maxAge)) &&
      includes(met.amrValues, wanted.amrValues) &&
      includes(met.scope, wanted.scope)
    );
  }
}

function isGood({ token: { expiresIn = Infinity }, at }: Kept): boolean {
  return Date.now() < at + expiresIn * 1000;
}

function check({ accessToken, tokenType = 'Bearer', expiresIn = 1 }: SteppedUpToken): void {
  const isText = typeof accessToken === 'string' && accessToken !== '';
  const isTime = typeof expiresIn === 'number' && expiresIn > 0;
  if (!isText || !/^(bearer|dpop)$/i.test(tokenType) || !isTime) {
    throw new TypeError('the stepper gave no `accessToken`, another `tokenType` or no `expiresIn`');
  }
}

function includes(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** What can do least first: of scopes, of methods, of levels, and of how fresh a login it shows. */
function byReach({ met: a }: Kept, { met: b }: Kept): number {
  const levels = (met: StepUpChallenge) => met.acrValues.length || Number.MAX_SAFE_INTEGER;
  const age = (met: StepUpChallenge) => met.maxAge ?? Number.MAX_SAFE_INTEGER;
  return (
    a.scope.length - b.scope.length ||
    a.amrValues.length - b.amrValues.length ||
    levels(b) - levels(a) ||
    age(b) - age(a)
  );
}
