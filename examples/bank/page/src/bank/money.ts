// The bank's own routes.

import { money } from '../ui/format.js';
import { ask } from './api.js';
import { lasts } from './lifetime.js';
import type { Ending } from './session.js';

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

/** Whom money can be sent to. */
export interface Recipient {
  readonly user: string;
  readonly name: string;
}

/** What the bank is to do. */
export interface Order {
  readonly to: string;
  /** The name behind it. */
  readonly name: string;
  readonly amount: string;
}

interface LoggedIn {
  readonly access_token: string;
  /** In seconds. */
  readonly expires_in: number;
}

export async function signIn(user: string, password: string, signal: AbortSignal): Promise<LoggedIn> {
  const login = await ask<LoggedIn>('POST', '/login', { body: { user, password }, signal });
  // Somebody else may be signed in by now.
  signal.throwIfAborted();
  lasts(login.expires_in);
  return login;
}

/** `ending` is what it means that the login is no longer good. */
export function customer(signal: AbortSignal, ending?: Ending): Promise<Customer> {
  return ask('GET', '/accounts', { signal, ending });
}

export function recipient(user: string, signal: AbortSignal): Promise<Recipient> {
  return ask('GET', `/recipients/${encodeURIComponent(user)}`, { signal });
}

/** The same `key` is the same transfer, however often it is sent. */
export function transfer({ to, name, amount }: Order, key: string, signal: AbortSignal): Promise<Receipt> {
  const headers = { 'idempotency-key': key };
  const confirms = `Send ${money(amount)} to ${name}`;
  return ask('POST', '/transfers', { body: { to, amount }, headers, signal, confirms });
}

/** What became of a transfer whose answer was lost. */
export function receiptOf(key: string, signal: AbortSignal): Promise<Receipt> {
  return ask('GET', `/transfers/${encodeURIComponent(key)}`, { signal });
}

export function changeEmail(email: string, signal: AbortSignal): Promise<{ email: string }> {
  const confirms = `Change your e-mail address to ${email}`;
  return ask('PUT', '/profile/email', { body: { email }, signal, confirms });
}

export function closeAccount(signal: AbortSignal, ending: Ending): Promise<void> {
  return ask('DELETE', '/account', { signal, ending, confirms: 'Close your account' });
}
