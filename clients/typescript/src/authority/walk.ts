// One step-up, from its beginning to a token: which question follows which answer.

import { unlessAborted } from '../abort.js';
import { StepUpError } from '../errors.js';
import type { Asked, SteppedUpToken } from '../stepper.js';
import { type AuthorityApi, type Ceremony, Lost, Problem, type TokenBody } from './api.js';
import { type Ask, Answers } from './answers.js';
import type { Factor, Notice, Prompter, Question } from './prompter.js';
import type { Bookmark } from './resume.js';
import type { Answerer } from './stepper.js';
import { isDown, turnAfter, undefinedIfGone } from './turns.js';

/** The person wants to see the other factors. */
class Back extends Error {}

/** What the person sees next. */
interface Next {
  readonly factor?: Factor | undefined;
  readonly notice?: Notice | undefined;
}

export class Walk {
  #ceremony: Ceremony | undefined;
  #answers: Answers | undefined;
  #askedLast: Question['kind'] | undefined;

  constructor(
    private readonly asked: Asked,
    private readonly api: AuthorityApi,
    private readonly prompter: Prompter,
    private readonly bookmark: Bookmark,
    private readonly answerers: Readonly<Record<string, Answerer>>,
    private readonly without: readonly string[],
  ) {}

  async run(): Promise<SteppedUpToken> {
    try {
      const token = await this.#walk();
      // They may have given up while the answer was on its way.
      this.asked.signal.throwIfAborted();
      this.bookmark.clear();
      return token;
    } catch (error) {
      // Unlike a page that is left, this is not taken up again.
      this.bookmark.clear();
      if (this.#ceremony !== undefined && !(error instanceof Problem)) {
        void this.api.cancel(this.#ceremony.id);
      }
      throw this.#final(error);
    }
  }

  async #walk(): Promise<SteppedUpToken> {
    const resumed = await this.#patiently(() => this.#resume());
    if (resumed !== undefined) {
      return resumed;
    }
    let next: Next = { factor: this.#only() };
    for (;;) {
      try {
        // What is said beside the choice is not said again of the way that is chosen.
        next = next.factor === undefined ? { factor: await this.#choose(next.notice) } : next;
        return await this.#answer(next);
      } catch (error) {
        const after = await this.#after(error, next.factor);
        if ('accessToken' in after) {
          return after;
        }
        next = after;
      }
    }
  }

  /** Puts a question, and goes on with the answer unless it is to end here. */
  readonly #ask: Ask = async (question, signal = this.asked.signal) => {
    this.#askedLast = question.kind;
    const { reason } = this.asked;
    const whole = reason === undefined ? question : { ...question, reason };
    const reply = await unlessAborted(this.prompter.ask(whole, signal), signal);
    if (reply.do === 'cancel') {
      throw new StepUpError('cancelled');
    }
    if (reply.do === 'back') {
      throw new Back();
    }
    return reply;
  };

  async #choose(notice: Notice | undefined): Promise<Factor> {
    const { factors } = this.#ceremony!;
    const reply = await this.#ask({ kind: 'choose', factors, ...(notice && { notice }) });
    return reply.do === 'choose' ? reply.factor : this.#choose(notice);
  }

  async #answer({ factor, notice }: Next): Promise<SteppedUpToken> {
    const { id, factors } = this.#ceremony!;
    this.#answers ??= new Answers(this.#ask, this.api, this.#ceremony!, this.answerers, this.asked.signal);
    const about = { factor: factor!, hasOthers: factors.length > 1, ...(notice && { notice }) };
    return tokenOf(await this.#answers.to(id, about));
  }

  /** What is left of an earlier page's, or a new one; the token, if that one was answered. */
  async #resume(): Promise<SteppedUpToken | undefined> {
    const id = this.bookmark.read();
    if (id !== undefined) {
      const state = await this.api.state(id).catch(undefinedIfGone);
      if (state?.status === 'verified') {
        return tokenOf(state);
      }
      if (state?.status === 'pending') {
        this.#open(state);
        return undefined;
      }
    }
    await this.#begin();
    return undefined;
  }

  async #begin(): Promise<void> {
    this.#open(await this.api.begin(this.asked.challenge, this.without));
  }

  #open(ceremony: Ceremony): void {
    if (ceremony.factors.length === 0) {
      throw new StepUpError('unmet');
    }
    this.#ceremony = { ...ceremony, factors: onePerQuestion(ceremony.factors) };
    this.#answers = undefined;
    this.bookmark.set(ceremony.id);
  }

  #only(): Factor | undefined {
    const { factors } = this.#ceremony!;
    return factors.length === 1 ? factors[0] : undefined;
  }

  /** As often as it takes to get through, or until the person gives up. */
  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Lost) && !isDown(error)) {
          throw error;
        }
        const name = error instanceof Lost ? 'offline' : 'unavailable';
        await this.#ask({ kind: 'reach', notice: { name } });
      }
    }
  }

  /** What follows what went wrong; throws what nothing follows. */
  async #after(error: unknown, factor: Factor | undefined): Promise<Next | SteppedUpToken> {
    if (error instanceof Back) {
      return {};
    }
    const turn = turnAfter(error, this.#askedLast);
    switch (turn.to) {
      case 'same': {
        // Nothing goes round without the person.
        const isAsked = factor !== undefined && this.#answers?.asksFirst(factor);
        return { factor: isAsked ? factor : undefined, notice: turn.notice };
      }
      case 'factors':
        return { notice: turn.notice };
      case 'others':
        return this.#without(factor, turn.notice);
      case 'beginning':
        return this.#anew(turn.notice);
      case 'end':
        return this.#ended();
      case 'failure':
        throw error;
    }
  }

  /** By a right answer, a no on the person's own device, or for any other reason. */
  async #ended(): Promise<Next | SteppedUpToken> {
    const { id } = this.#ceremony!;
    const state = await this.#patiently(() => this.api.state(id).catch(undefinedIfGone));
    if (state?.status === 'denied') {
      throw new StepUpError('denied');
    }
    return state?.status === 'verified' ? tokenOf(state) : this.#anew({ name: 'begun-anew' });
  }

  async #anew(notice: Notice): Promise<Next> {
    await this.#patiently(() => this.#begin());
    return { notice };
  }

  #without(factor: Factor | undefined, notice: Notice): Next {
    const { factors, ...ceremony } = this.#ceremony!;
    const others = factors.filter(({ id }) => id !== factor?.id);
    if (others.length === 0) {
      throw new StepUpError('unmet');
    }
    this.#ceremony = { ...ceremony, factors: others };
    return { notice };
  }

  #final(error: unknown): unknown {
    if (!(error instanceof Problem)) {
      return error;
    }
    const { type, status, details, retryAfter } = error;
    if (type === 'unmet-authentication-requirements') {
      return new StepUpError('unmet', { enrol: details.enrol ?? [], cause: error });
    }
    if (status === 429) {
      return new StepUpError('too-many', { retryAfter, cause: error });
    }
    const isOfLogin = status === 401 ? 'logged-out' : 'failed';
    return new StepUpError(type === 'denied' ? 'denied' : isOfLogin, { cause: error });
  }
}

function tokenOf(body: TokenBody): SteppedUpToken {
  const { access_token: accessToken, token_type: tokenType, expires_in: expiresIn } = body;
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw new StepUpError('failed', { cause: new TypeError('the authority sent no token') });
  }
  return { accessToken, tokenType, expiresIn };
}

/** All keys are asked for by one question: the browser finds out which is at hand. */
function onePerQuestion(factors: readonly Factor[]): Factor[] {
  const isKey = ({ method }: Factor) => method === 'webauthn';
  const firstKey = factors.find(isKey);
  return factors.filter((factor) => !isKey(factor) || factor === firstKey);
}
