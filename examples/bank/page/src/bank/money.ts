// The bank's own routes.

import { ask } from './api.js';

export interface Account {
  readonly number: string;
  readonly name: string;
  readonly balance: string;
}

/** Between two names. */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
  readonly at: number;
  readonly direction: 'in' | 'out';
}

export interface Customer {
  readonly user: string;
  readonly name: string;
  readonly email: string;
  readonly accounts: readonly Account[];
  readonly transfers: readonly Transfer[];
}

export interface Receipt {
  readonly to: string;
  readonly amount: string;
  readonly at: number;
  readonly balance: string;
}

export interface DemoUser {
  readonly user: string;
  readonly name: string;
  readonly password: string;
  readonly totp_secret: string;
}

export function signIn(user: string, password: string): Promise<{ access_token: string }> {
  return ask('POST', '/login', { body: { user, password } });
}

export function customer(signal: AbortSignal): Promise<Customer> {
  return ask('GET', '/accounts', { signal });
}

/** The same `key` is the same transfer, however often it is sent. */
export function transfer(
  { to, amount, key }: { to: string; amount: string; key: string },
  signal: AbortSignal,
): Promise<Receipt> {
  const headers = { 'idempotency-key': key };
  return ask('POST', '/transfers', { body: { to, amount }, headers, signal });
}

export function changeEmail(email: string, signal: AbortSignal): Promise<{ email: string }> {
  return ask('PUT', '/profile/email', { body: { email }, signal });
}

export function closeAccount(signal: AbortSignal): Promise<void> {
  return ask('DELETE', '/account', { signal });
}

/** Those who are there to try it with; none in a bank that is no demonstration. */
export async function demoUsers(signal: AbortSignal): Promise<readonly DemoUser[]> {
  try {
    // No part of the bank: it gets no token, and nobody waits for it.
    const soon = AbortSignal.any([signal, AbortSignal.timeout(1000)]);
    const { users }: { users: DemoUser[] } = await (await fetch('/demo', { signal: soon })).json();
    return users;
  } catch {
    return [];
  }
}
