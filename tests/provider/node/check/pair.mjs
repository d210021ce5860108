// The provider and the client, each as the process that the Rust tests start, and what the tests
// ask of their tokens.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';

import { discover } from '../login.mjs';

// A script that answers lines with lines.
export class Partner {
  constructor(script, ...args) {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    this.process = spawn(process.execPath, [path, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // Past this it hangs: red is better than no end.
      timeout: 60_000,
    });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async hear() {
    const { value, done } = await this.lines.next();
    assert.ok(!done, 'the process ended');
    return JSON.parse(value);
  }

  ask(line) {
    this.process.stdin.write(`${JSON.stringify(line)}\n`);
    return this.hear();
  }

  async end() {
    this.process.stdin.end();
    const [status] = await once(this.process, 'exit');
    return status;
  }
}

export const API = 'https://api.example';
export const provider = new Partner('provider.mjs');
export const { issuer } = await provider.hear();
export const client = new Partner('client.mjs', issuer);

after(async () => {
  assert.deepEqual(await Promise.all([client.end(), provider.end()]), [0, 0]);
});

export async function login(options) {
  const answer = await client.ask({ login: options });
  assert.ok(answer.access_token, JSON.stringify(answer));
  return answer;
}

// As a resource server would, with nothing remembered of the keys.
export async function verified(token, audience = API) {
  const jwks = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  return jwtVerify(token, jwks, { issuer, audience, typ: 'at+jwt' });
}

export async function introspect(token, by = 'confidential') {
  return openid.tokenIntrospection(await discover(issuer, by), token);
}

export const now = () => Math.floor(Date.now() / 1000);
export const recent = (seconds, wanted) => assert.ok(Math.abs(seconds - wanted) <= 5, `${seconds}`);
