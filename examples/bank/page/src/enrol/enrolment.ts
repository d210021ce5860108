// An enrolment, and what came of it where its answer was lost.

import { Problem } from '../bank/api.js';
import { type Begun, begin, factors, finish } from '../bank/factors.js';
import { isRefused, sentence } from '../bank/failures.js';
import { again } from '../router.js';
import { type Child, button, element } from '../ui/dom.js';
import { setUp } from '../views/set-up.js';

const OUTCOMES = {
  undone: 'It is not set up yet. Try again.',
  unsure: 'We do not know whether it is set up. Try again, or look under Security.',
  over: 'It is not set up: that took too long, or went wrong too often.',
} as const;

/** It was to be finished, and was not, as far as anybody knows. */
export class Unfinished extends Error {
  constructor(
    readonly outcome: keyof typeof OUTCOMES,
    override readonly cause: unknown,
  ) {
    super(OUTCOMES[outcome]);
  }
}

export class Enrolment {
  #before: ReadonlySet<string> = new Set();
  /** It may have been finished, and nobody was told. */
  #isLost = false;

  constructor(
    readonly method: string,
    readonly signal: AbortSignal,
  ) {}

  async begin(details: object = {}): Promise<Begun> {
    this.#isLost = false;
    this.#before = new Set(await this.#own());
    return begin(this.method, details, this.signal);
  }

  /**
   * Shows that it works. Once an answer was lost, what is new in the list of factors tells what came
   * of it; before that it may be of another tab.
   */
  async finish(id: string, answer: object): Promise<void> {
    try {
      await finish(id, answer, this.signal);
    } catch (error) {
      if (this.signal.aborted || isOpen(error)) {
        throw error;
      }
      if (isRefused(error) && !this.#isLost) {
        throw new Unfinished('over', error);
      }
      this.#isLost = true;
      const own = await this.#own().catch(() => {
        throw new Unfinished('unsure', error);
      });
      if (own.every((one) => this.#before.has(one))) {
        throw new Unfinished(isRefused(error) ? 'over' : 'undone', error);
      }
    }
  }

  /** What there is of this method. */
  async #own(): Promise<string[]> {
    const { factors: all } = await factors(this.signal);
    const own = all.filter(({ method }) => method === this.method);
    return own.map(({ id, enrolled_at }) => `${id} ${enrolled_at}`);
  }
}

/** It can be answered again, and nothing was set up by this. */
function isOpen(error: unknown): boolean {
  if (!(error instanceof Problem)) {
    return isRefused(error);
  }
  const isAnswerable = ['wrong-answer', 'malformed-answer', 'pending'].includes(error.name);
  return isRefused(error) && isAnswerable && error.attemptsLeft !== 0;
}

/** What is said about a failure. */
export function explain(error: unknown): Child {
  if (!(error instanceof Unfinished)) {
    return setUp(error, 'Nothing was changed.');
  }
  if (error.outcome !== 'over') {
    return `${sentence(error.cause)} ${error.message}`;
  }
  const anew = button('Begin again', () => again(''), { class: 'plain' });
  return element('div', { class: 'note wrong' }, element('p', {}, error.message), anew);
}
