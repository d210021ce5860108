// A transfer that was begun, over a reload in the middle and a session that ends. Its key makes it
// one transfer, however often it is sent.

import type { Order } from '../bank/money.js';
import { DRAFT, session } from '../bank/session.js';

export interface Draft extends Order {
  readonly user: string;
  readonly key: string;
  /** When it was begun, in seconds. */
  readonly at: number;
  /** It was sent, and no answer came. */
  readonly isOpen: boolean;
}

// What one customer began is nothing to the next.
session.addEventListener('change', () => {
  if (session.login !== undefined && savedDraft() === undefined) {
    sessionStorage.removeItem(DRAFT);
  }
});

export function savedDraft(): Draft | undefined {
  const draft = read();
  return draft?.user === session.login?.user ? draft : undefined;
}

/** The draft of this order: the one that is there, if it is the same. */
export function draftOf(order: Order): Draft {
  const saved = savedDraft();
  if (saved?.to === order.to && saved.amount === order.amount) {
    return saved;
  }
  const user = session.login?.user ?? '';
  const at = Math.floor(Date.now() / 1000);
  return { ...order, user, key: crypto.randomUUID(), at, isOpen: false };
}

export function saveDraft(draft: Draft): void {
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

/** As it was before it was sent; not where another took its place meanwhile. */
export function takeBack(draft: Draft): void {
  if (read()?.key === draft.key) {
    saveDraft(draft);
  }
}

/** It was made. */
export function dropDraft({ key }: Draft): void {
  if (read()?.key === key) {
    sessionStorage.removeItem(DRAFT);
  }
}

function read(): Draft | undefined {
  try {
    const draft: Partial<Draft> | null = JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null');
    return typeof draft?.key === 'string' ? (draft as Draft) : undefined;
  } catch {
    return undefined;
  }
}
