// One step-up for all that wait for the same, and one at a time: a person answers one question.

import { unlessAborted } from '../abort.js';
import { type StepUpChallenge, keyOf } from '../challenge/step-up.js';
import { StepUpError } from '../errors.js';
import type { Stepper } from '../stepper.js';
import type { StepUpEvent } from './events.js';
import type { Kept, Tokens } from './tokens.js';

const MINUTE = 60_000;

/** A call that waits for a step-up. */
export interface Caller {
  readonly challenge: StepUpChallenge;
  readonly reason: string | undefined;
  readonly token: () => Promise<string>;
  readonly signal: AbortSignal;
  /** When it was sent, by `StepUps.now()`. */
  readonly sentAt: number;
}

export interface StepUpLimits {
  readonly perMinute: number;
  readonly milliseconds: number;
}

interface Flight {
  readonly kept: Promise<Kept>;
  readonly abort: AbortController;
  callers: number;
}

export class StepUps {
  readonly #flights = new Map<string, Flight>();
  /** How each ended that came to nothing, and when. */
  readonly #failed = new Map<string, { error: unknown; at: number }>();
  #lastTurn: Promise<unknown> = Promise.resolve();
  #begun: number[] = [];
  /** Counts what happens: no clock, which may stand still or go back. */
  #now = 0;

  constructor(
    private readonly stepper: Stepper,
    private readonly tokens: Tokens,
    private readonly limits: StepUpLimits,
    private readonly tell: (event: StepUpEvent) => void,
  ) {}

  now(): number {
    return ++this.#now;
  }

  /** The token of a step-up: of one that is on its way, or of one that begins with this. */
  async join(caller: Caller): Promise<Kept> {
    const key = keyOf(caller.challenge);
    const failed = this.#failed.get(key);
    if (failed !== undefined && caller.sentAt < failed.at) {
      // It was on its way when the person said no: they are not asked again for it.
      throw failed.error;
    }
    const flight = this.#flights.get(key) ?? this.#start(key, caller);
    flight.callers += 1;
    try {
      return await unlessAborted(flight.kept, caller.signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0 && this.#flights.get(key) === flight) {
        this.#end(key, flight);
        flight.abort.abort(new StepUpError('cancelled', { challenge: caller.challenge }));
      }
    }
  }

  /** What was asked for came to nothing, for all who had asked by now. */
  fail(challenge: StepUpChallenge, error: unknown): void {
    const at = this.now();
    this.#failed.delete(keyOf(challenge));
    this.#failed.set(keyOf(challenge), { error, at });
    if (this.#failed.size > 100) {
      const [oldest] = this.#failed.keys();
      this.#failed.delete(oldest!);
    }
  }

  /** Ends all that are on their way. */
  cancel(): void {
    for (const [key, flight] of this.#flights) {
      this.#end(key, flight);
      flight.abort.abort(new StepUpError('cancelled'));
    }
  }

  #start(key: string, caller: Caller): Flight {
    const abort = new AbortController();
    const run = () => this.#run(caller, abort);
    const kept = this.#lastTurn.then(run).finally(() => this.#end(key, flight));
    const flight: Flight = { kept, abort, callers: 0 };
    this.#lastTurn = kept.catch(() => {});
    this.#flights.set(key, flight);
    return flight;
  }

  #end(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) {
      this.#flights.delete(key);
    }
  }

  async #run(caller: Caller, abort: AbortController): Promise<Kept> {
    const { challenge, reason, token } = caller;
    const { signal } = abort;
    signal.throwIfAborted();
    // Whoever was asked before may have shown enough for this one too.
    const enough = this.tokens.sufficient(challenge);
    if (enough !== undefined) {
      return enough;
    }
    this.#count(challenge);
    this.tell({ type: 'step-up-begun', challenge });
    const timedOut = new StepUpError('timed-out', { challenge });
    const timer = setTimeout(() => abort.abort(timedOut), this.limits.milliseconds);
    try {
      const asked = { challenge, token, signal, ...(reason === undefined ? {} : { reason }) };
      const stepped = await unlessAborted(this.stepper(asked), signal);
      const kept = this.tokens.keep(challenge, stepped);
      this.tell({ type: 'step-up-done', challenge });
      return kept;
    } catch (cause) {
      const error = asStepUpError(cause, challenge);
      if (!signal.aborted || error === timedOut) {
        this.fail(challenge, error);
      }
      this.tell({ type: 'step-up-failed', challenge, error });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #count(challenge: StepUpChallenge): void {
    const now = Date.now();
    this.#begun = this.#begun.filter((at) => now - at < MINUTE);
    if (this.#begun.length >= this.limits.perMinute) {
      throw new StepUpError('too-many', { challenge });
    }
    this.#begun.push(now);
  }
}

function asStepUpError(error: unknown, challenge: StepUpChallenge): StepUpError {
  if (!(error instanceof StepUpError)) {
    return new StepUpError('failed', { challenge, cause: error });
  }
  if (error.challenge !== undefined) {
    return error;
  }
  const { code, enrol, cause } = error;
  return new StepUpError(code, { challenge, enrol, cause });
}
