// How each kind of factor is answered.

import { pause, unlessAborted, within } from '../abort.js';
import { type AuthorityApi, type Ceremony, Lost, Problem, type Prompt, type TokenBody } from './api.js';
import { askForPasskey } from './passkey.js';
import type { Factor, Notice, Question, Reply } from './prompter.js';
import type { Answerer } from './stepper.js';

/** A factor shows what this client has no answer to. */
export class NotHere extends Error {}

/** Puts a question; fails where the person turns away from it. */
export type Ask = (question: Question, signal?: AbortSignal) => Promise<Reply>;

export interface AboutAnswer {
  readonly factor: Factor;
  readonly hasOthers: boolean;
  readonly notice?: Notice;
}

/** Between two questions whether the person has answered on their device. */
const POLLS_EVERY = 2000;
/** In seconds, whatever the authority says. */
const MOST_WAITED = 30;

export class Answers {
  /** What was sent or shown, by the factor. */
  readonly #prompts = new Map<string, Prompt>();

  constructor(
    private readonly ask: Ask,
    private readonly api: AuthorityApi,
    ceremony: Ceremony,
    private readonly answerers: Readonly<Record<string, Answerer>>,
    private readonly signal: AbortSignal,
  ) {
    const wasSent = ({ id, method }: Factor) =>
      ceremony.prompted?.includes(id) && (method === 'email' || method === 'sms');
    for (const { id } of ceremony.factors.filter(wasSent)) {
      this.#prompts.set(id, {});
    }
  }

  /** Whether the person is asked something before the authority is, of this factor. */
  asksFirst({ id, method }: Factor): boolean {
    const isAsked = method === 'webauthn' || method === 'totp' || method === 'recovery';
    return !(method in this.answerers) && (isAsked || this.#prompts.has(id));
  }

  /** Asks until there is an answer, and sends it. */
  async to(ceremony: string, about: AboutAnswer): Promise<TokenBody> {
    const { factor } = about;
    if (factor.method in this.answerers) {
      return this.#byAnswerer(ceremony, factor);
    }
    switch (factor.method) {
      case 'webauthn':
        return this.#byPasskey(ceremony, about);
      case 'totp':
      case 'recovery':
        return this.#byCode(ceremony, about, false);
      default: {
        const prompt = this.#prompts.get(factor.id) ?? (await this.#prompt(ceremony, factor));
        if ('authorization_url' in prompt) {
          throw new NotHere();
        }
        return factor.method === 'push' || 'number' in prompt
          ? this.#byDevice(ceremony, about, prompt)
          : this.#byCode(ceremony, about, true);
      }
    }
  }

  async #prompt(ceremony: string, { id }: Factor): Promise<Prompt> {
    const prompt = await this.api.prompt(ceremony, id);
    this.#prompts.set(id, prompt);
    return prompt;
  }

  async #byCode(ceremony: string, about: AboutAnswer, isSent: boolean): Promise<TokenBody> {
    const { factor } = about;
    const reply = await this.ask({ kind: 'code', isSent, ...about });
    if (reply.do === 'resend') {
      await this.#prompt(ceremony, factor);
    }
    if (reply.do !== 'answer') {
      const { factor, hasOthers } = about;
      return this.#byCode(ceremony, { factor, hasOthers }, isSent);
    }
    return this.#prove(ceremony, factor, { code: spelled(reply.code) });
  }

  async #byPasskey(ceremony: string, about: AboutAnswer): Promise<TokenBody> {
    const { factor } = about;
    await this.ask({ kind: 'passkey', ...about });
    const { publicKey } = await this.#prompt(ceremony, factor);
    const credential = await askForPasskey(publicKey, this.signal);
    return this.#prove(ceremony, factor, { credential });
  }

  async #byAnswerer(ceremony: string, factor: Factor): Promise<TokenBody> {
    const prompt = await this.#prompt(ceremony, factor);
    const answering = this.answerers[factor.method]!(prompt, this.signal);
    return this.#prove(ceremony, factor, await unlessAborted(answering, this.signal));
  }

  /** Asks the authority while the person is told what to do, until either has an answer. */
  #byDevice(ceremony: string, about: AboutAnswer, prompt: Prompt): Promise<TokenBody> {
    // Each asking is good once, and the person may come back to it later.
    this.#prompts.delete(about.factor.id);
    return within(this.signal, async (over) => {
      try {
        return await new Promise<TokenBody>((resolve, reject) => {
          const tell = (shown: Prompt) => {
            const { number } = shown;
            const isShown = typeof number === 'string' || typeof number === 'number';
            const asks = isShown ? { number: String(number) } : {};
            // It ends when the person turns away, and never with an answer.
            this.ask({ kind: 'device', ...asks, ...about }, over.signal).catch(reject);
          };
          tell(prompt);
          this.#poll(ceremony, about.factor, over.signal, prompt, tell).then(resolve, reject);
        });
      } finally {
        over.abort();
      }
    });
  }

  /** `tell` is told where something else is to be shown. */
  async #poll(
    ceremony: string,
    factor: Factor,
    signal: AbortSignal,
    shown: Prompt = {},
    tell: (prompt: Prompt) => void = () => {},
  ): Promise<TokenBody> {
    let wait = POLLS_EVERY;
    for (;;) {
      await pause(wait, signal);
      try {
        const answer = await this.api.prove(ceremony, { factor: factor.id });
        if ('access_token' in answer) {
          return answer;
        }
        const { prompt = shown, retryAfter = 0 } = answer;
        wait = Math.max(POLLS_EVERY, Math.min(retryAfter, MOST_WAITED) * 1000);
        if (prompt['number'] !== shown['number']) {
          shown = prompt;
          tell(prompt);
        }
      } catch (error) {
        if (!(error instanceof Lost)) {
          throw error;
        }
        // The person's device may still get through, and this one again.
      }
    }
  }

  async #prove(ceremony: string, factor: Factor, answer: object): Promise<TokenBody> {
    try {
      const proved = await this.api.prove(ceremony, { factor: factor.id, ...answer });
      return 'access_token' in proved ? proved : await this.#poll(ceremony, factor, this.signal);
    } catch (error) {
      if (error instanceof Problem && error.status === 409) {
        // What was asked can no longer be answered: it is asked anew.
        this.#prompts.delete(factor.id);
      }
      throw error;
    }
  }
}

/** People add spaces, and hyphens that were there for the eye. */
function spelled(code: string): string {
  return code.replace(/[\s-]/g, '');
}
