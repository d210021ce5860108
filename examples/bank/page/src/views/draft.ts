// A transfer that was begun, over a reload in the middle and a session that ends. Its key makes it
// one transfer, however often it is sent.

import type { Transfer } from '../bank/money.js';
import { DRAFT, session } from '../bank/session.js';

/** What the customer wants. */
export interface Order {
  readonly to: string;
  /** The name behind it, where it is known. */
  readonly name: string | undefined;
  readonly amount: string;
}

export interface Draft extends Order {
  readonly user: string;
  readonly key: string;
  /** When it was begun, in seconds. */
  readonly at: number;
  /** How many transfers like it the statement had before. */
  readonly alike: number;
  /** It was sent, and nobody knows whether it was made. */
  readonly isOpen: boolean;
}

// What one customer began is nothing to the next.
session.addEventListener('change', () => {
  if (session.login !== undefined && savedDraft() === undefined) {
    dropDraft();
  }
});

export function savedDraft(): Draft | undefined {
  const draft = read();
  return draft?.user === session.login?.user ? draft : undefined;
}

/** The draft of this order: the one that is there, if it is the same. */
export function draftOf(order: Order, transfers: readonly Transfer[]): Draft {
  const saved = savedDraft();
  if (saved?.to === order.to && saved.amount === order.amount) {
    return saved;
  }
  return {
    ...order,
    user: session.login?.user ?? '',
    key: crypto.randomUUID(),
    at: Math.floor(Date.now() / 1000),
    alike: alike(order, transfers),
    isOpen: false,
  };
}

export function saveDraft(draft: Draft): void {
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

/** As it was before it was sent; not where it was dropped meanwhile. */
export function takeBack(draft: Draft): void {
  if (read()?.key === draft.key) {
    saveDraft(draft);
  }
}

export function dropDraft(): void {
  sessionStorage.removeItem(DRAFT);
}

/** Drops the draft, if the statement shows that it was made, and says which it was. */
export function settle(transfers: readonly Transfer[]): Draft | undefined {
  const draft = savedDraft();
  if (draft === undefined || !draft.isOpen || alike(draft, transfers) <= draft.alike) {
    return undefined;
  }
  dropDraft();
  return draft;
}

function alike({ name, amount }: Order, transfers: readonly Transfer[]): number {
  const isAlike = (made: Transfer) =>
    made.direction === 'out' && made.amount === amount && (name ?? made.to) === made.to;
  return transfers.filter(isAlike).length;
}

function read(): Draft | undefined {
  try {
    const draft: Partial<Draft> | null = JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null');
    return typeof draft?.key === 'string' ? (draft as Draft) : undefined;
  } catch {
    return undefined;
  }
}
