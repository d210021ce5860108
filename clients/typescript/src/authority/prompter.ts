// The conversation with the person, whoever holds it: a dialog, a terminal, a test.

/** A factor that reaches what is demanded. */
export interface Factor {
  readonly id: string;
  /** `webauthn`, `push`, `totp`, `email`, `sms`, `recovery`, or one of the service's own. */
  readonly method: string;
  readonly level: string;
  /** By what the person knows it: `a…@example.com`. May be empty. */
  readonly hint: string;
}

/** What happened to the last answer. */
export type NoticeName =
  | 'wrong-answer'
  /** On their device it was another number than the one that is shown here. */
  | 'wrong-number'
  | 'factor-locked'
  | 'factor-disabled'
  | 'too-many-messages'
  | 'not-sent'
  | 'prompt-over'
  | 'passkey-failed'
  | 'not-here'
  /** The ceremony was open for too long, or was ended: this is another. */
  | 'begun-anew'
  | 'unavailable'
  | 'offline';

export interface Notice {
  readonly name: NoticeName;
  /** With `wrong-answer` and `wrong-number`: after the last there is another ceremony. */
  readonly attemptsLeft?: number;
  /** In seconds, where it is known. */
  readonly retryAfter?: number;
}

interface About {
  /** Why, in the resource server's words. Show it as text. */
  readonly reason?: string;
  readonly notice?: Notice;
}

interface AboutFactor extends About {
  readonly factor: Factor;
  /** Whether `back` leads to other factors. */
  readonly hasOthers: boolean;
}

export type Question =
  /** Which factor? The one that was used last comes first. */
  | ({ readonly kind: 'choose'; readonly factors: readonly Factor[] } & About)
  /** Which code? It was sent, where `isSent`. */
  | ({ readonly kind: 'code'; readonly isSent: boolean } & AboutFactor)
  /** Ready for the browser's own question? */
  | ({ readonly kind: 'passkey' } & AboutFactor)
  /** Nothing is asked here: the person answers on their device, and types or chooses the number there. */
  | ({ readonly kind: 'device'; readonly number?: string } & AboutFactor)
  /** Nothing could be reached yet: once more? */
  | ({ readonly kind: 'reach' } & About);

export type Reply =
  | { readonly do: 'choose'; readonly factor: Factor }
  | { readonly do: 'answer'; readonly code: string }
  | { readonly do: 'go' }
  /** Have the code sent anew. */
  | { readonly do: 'resend' }
  /** See the other factors. */
  | { readonly do: 'back' }
  | { readonly do: 'cancel' };

/** Puts questions to the person, one at a time. */
export interface Prompter {
  /** A conversation begins: call this when the person gives up while nothing is asked. */
  begin?(cancel: () => void): void;
  /** Each question takes the place of the last. An aborted one is withdrawn. */
  ask(question: Question, signal: AbortSignal): Promise<Reply>;
  /** It is over, however it ended. */
  done(): void;
}
