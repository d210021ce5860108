// What is being sent, over a reload in the middle. Its key makes it one transfer, however often it
// is sent.

export interface Draft {
  readonly to: string;
  readonly amount: string;
  readonly key: string;
}

const NAME = 'bank.draft';

export function savedDraft(): Draft | undefined {
  try {
    const { to, amount, key }: Partial<Draft> = JSON.parse(sessionStorage.getItem(NAME) ?? '{}');
    const texts = [to, amount, key].every((text) => typeof text === 'string');
    return texts ? ({ to, amount, key } as Draft) : undefined;
  } catch {
    return undefined;
  }
}

/** The draft of this content: the one that is there, if it is the same. */
export function saveDraft(to: string, amount: string): Draft {
  const before = savedDraft();
  const isSame = before?.to === to && before.amount === amount;
  const draft = isSame ? before : { to, amount, key: crypto.randomUUID() };
  sessionStorage.setItem(NAME, JSON.stringify(draft));
  return draft;
}

export function dropDraft(): void {
  sessionStorage.removeItem(NAME);
}
