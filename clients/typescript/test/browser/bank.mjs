// The bank that runs, and its users.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

/** Where the bank is. */
export const origin = process.argv[2];

async function control(path, body) {
  const request = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(`${origin}/test/${path}`, request);
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

/** How often each handler ran. */
export const done = async () => (await control('seen')).done;

/** The code of an authenticator app (RFC 6238). */
export function totp(secret, step = 0) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Something that none of the codes about now is. */
export const wrong = (secret) =>
  ['000000', '111111', '222222', '333333', '444444', '555555'].find(
    (code) => ![-2, -1, 0, 1, 2].some((step) => totp(secret, step) === code),
  );

let users = 0;

/** Somebody who has just logged in, with these factors; a device comes first, if at all. */
export class User {
  static async with(...methods) {
    const user = new this();
    user.name = `user-${++users}-${process.pid}`;
    user.token = (await control('login', { user: user.name })).token;
    for (const method of methods) {
      if (method === 'push') {
        await control('device', { user: user.name, token: user.token });
        continue;
      }
      const details = method === 'email' ? { email: `${user.name}@mail.example` } : {};
      const shown = await control('enrol', { user: user.name, method, details });
      user.secret = shown.secret ?? user.secret;
      user.codes = shown.codes ?? user.codes;
    }
    return user;
  }

  /** Types a number on their device, or says no. */
  answerOnDevice(number) {
    return control('device/answer', { user: this.name, number });
  }

  /** The codes that were mailed to them. */
  async mails() {
    const { mails } = await control('seen');
    return mails.filter(({ to }) => to.startsWith(`${this.name}@`)).map(({ code }) => code);
  }

  /** What the authority says has happened to them. */
  async events() {
    const { events } = await control('seen');
    const own = events.filter((event) => event.endsWith(` ${this.name}`));
    return own.map((event) => event.split(' ')[0]);
  }

  /** How often they were asked. */
  async prompts() {
    return (await this.events()).filter((event) => event === 'Begun').length;
  }
}
