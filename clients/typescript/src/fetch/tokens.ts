// The stepped-up tokens: in memory, beside each other, by what they were asked for. What is in
// them is not looked at: to a client a token is opaque (RFC 9470 §4).

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
  /** What was demanded last at each route. */
  readonly #demanded = new Map<string, StepUpChallenge>();

  keep(met: StepUpChallenge, token: SteppedUpToken): Kept {
    const kept = { token, met, at: Date.now() };
    const others = this.#kept.filter((other) => keyOf(other.met) !== keyOf(met));
    this.#kept = [...others, kept].slice(-MOST_TOKENS);
    return kept;
  }

  drop(kept: Kept): void {
    this.#kept = this.#kept.filter((other) => other !== kept);
  }

  clear(): void {
    this.#kept = [];
    this.#demanded.clear();
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
    return this.#kept.filter((kept) => suffices(kept, challenge)).sort(byReach)[0];
  }
}

function isGood({ token: { expiresIn = Infinity }, at }: Kept): boolean {
  return Date.now() < at + expiresIn * 1000;
}

function suffices({ met, at }: Kept, wanted: StepUpChallenge): boolean {
  const isOneOf = met.acrValues.length > 0 && includes(wanted.acrValues, met.acrValues);
  return (
    (wanted.acrValues.length === 0 || isOneOf) &&
    (wanted.maxAge === null || Date.now() - at < wanted.maxAge * 1000) &&
    includes(met.amrValues, wanted.amrValues) &&
    includes(met.scope, wanted.scope)
  );
}

function includes(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** Fewer scopes first, then those that more levels would have done for. */
function byReach({ met: a }: Kept, { met: b }: Kept): number {
  const levels = (met: StepUpChallenge) => met.acrValues.length || Number.MAX_SAFE_INTEGER;
  return a.scope.length - b.scope.length || levels(b) - levels(a);
}
