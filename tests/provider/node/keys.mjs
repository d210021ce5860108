// The provider's signing keys, the one in use first. Each has one algorithm and a kid that tells
// which it is: ES256-1, ES256-2, …

import { exportJWK, generateKeyPair } from 'jose';

export const ALGORITHMS = ['ES256', 'RS256'];

export class Keys {
  #made = Object.fromEntries(ALGORITHMS.map((alg) => [alg, 0]));
  #keys = [];

  static async generate() {
    const keys = new Keys();
    for (const alg of ALGORITHMS) {
      await keys.rotate(alg);
    }
    return keys;
  }

  // The old key stays: tokens that it signed are about.
  async rotate(alg) {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(privateKey);
    this.#made[alg] += 1;
    this.#keys.unshift({ ...jwk, alg, use: 'sig', kid: `${alg}-${this.#made[alg]}` });
  }

  dropOld() {
    this.#keys = ALGORITHMS.map((alg) => this.#keys.find((key) => key.alg === alg));
  }

  // Private parts included: this is what the provider is built with.
  jwks() {
    return { keys: this.#keys };
  }

  kids() {
    return this.#keys.map((key) => key.kid);
  }
}
