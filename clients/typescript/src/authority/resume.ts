// What outlives a page that is loaded again: the ceremony's name, which is worth nothing without
// the token of the login. Tokens are never stored.

/** What a browser's `sessionStorage` has of it. */
export type CeremonyStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const NAME = 'stepup.ceremony';

export class Bookmark {
  constructor(
    private readonly storage: CeremonyStorage | null,
    /** What the ceremony is for, and where. */
    private readonly purpose: string,
  ) {}

  read(): string | undefined {
    const text = courteously(() => this.storage?.getItem(NAME));
    const [purpose, id] = text?.split('\n') ?? [];
    return purpose === this.purpose && /^c_[\w-]+$/.test(id ?? '') ? id : undefined;
  }

  set(id: string): void {
    courteously(() => this.storage?.setItem(NAME, `${this.purpose}\n${id}`));
  }

  clear(): void {
    courteously(() => this.storage?.removeItem(NAME));
  }
}

/** Without a bookmark the person begins anew: no reason to end a step-up. */
function courteously<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The page's own; none in workers, in Node, and where the browser forbids it. */
export function sessionStorageIfAny(): CeremonyStorage | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}
